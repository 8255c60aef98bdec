// lint: unreachable
void OnTick() { return; Print(1); }
