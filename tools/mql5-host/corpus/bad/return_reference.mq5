// lint: returns-reference
int g;
int &F() { return g; }
void OnTick() { Print(F()); }
