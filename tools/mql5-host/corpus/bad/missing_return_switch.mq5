// lint: missing-return
int F(int a) { switch(a) { case 1: return 1; case 2: return 2; } }
void OnTick() { Print(F(1)); }
