// lint: rvalue-reference
void F(int &&a) { Print(a); }
void OnTick() { F(1); }
