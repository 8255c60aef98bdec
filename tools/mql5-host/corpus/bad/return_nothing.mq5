// lint: return-nothing
int F() { return; }
void OnTick() { Print(F()); }
