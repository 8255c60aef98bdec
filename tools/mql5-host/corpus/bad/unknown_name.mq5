// lint: unknown-name
void OnTick() { Print(zz); }
