// lint: branch-types
void OnTick() { Print(true ? "a" : 1); }
