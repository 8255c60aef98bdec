// lint: literal-to-reference
void Fill(int &n) { n=1; }
void OnTick() { int a=1; Fill(a+1); Print(a); }
