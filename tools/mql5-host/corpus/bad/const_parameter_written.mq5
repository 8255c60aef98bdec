// lint: assign-const
void F(const int n) { n=2; }
void OnTick() { F(1); }
