// lint: value-of-void
void F() { Print(1); }
void OnTick() { int a=F(); Print(a); }
