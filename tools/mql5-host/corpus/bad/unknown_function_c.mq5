// lint: unknown-function
void OnTick() { Print(strlen("a")); }
