// lint: return-value
void F() { return 1; }
void OnTick() { F(); }
