// lint: const-to-reference
void Fill(int &n) { n=1; }
void OnTick() { const int a=1; Fill(a); }
