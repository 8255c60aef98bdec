// lint: const-function
int F() const { return 1; }
void OnTick() { Print(F()); }
