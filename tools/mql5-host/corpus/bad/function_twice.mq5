// lint: function-twice
int F(int a) { return a; }
int F(int b) { return b; }
void OnTick() { Print(F(1)); }
