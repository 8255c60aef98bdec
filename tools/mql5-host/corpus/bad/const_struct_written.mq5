// lint: assign-const
void F(const MqlTick &t) { t.bid=2; }
void OnTick() {}
