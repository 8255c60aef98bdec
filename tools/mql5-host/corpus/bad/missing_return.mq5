// lint: missing-return
int F(int a) { if(a>0) return 1; }
void OnTick() { Print(F(1)); }
