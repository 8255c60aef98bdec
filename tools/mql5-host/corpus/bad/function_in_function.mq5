// lint: local-function
void OnTick() { int F() { return 1; } Print(F()); }
