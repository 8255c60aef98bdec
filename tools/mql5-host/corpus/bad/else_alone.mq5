// lint: else-without-if
void OnTick() { else Print(1); }
