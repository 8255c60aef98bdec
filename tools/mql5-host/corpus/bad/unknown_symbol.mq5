// lint: unknown-symbol
void OnTick() { int ä=1; }
