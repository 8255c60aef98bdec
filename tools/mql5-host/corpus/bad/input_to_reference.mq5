// lint: const-to-reference
input int Count=1;
void Fill(int &n) { n=1; }
void OnTick() { Fill(Count); }
