// lint: syntax
void OnTick() { Print(1 ? 2); }
