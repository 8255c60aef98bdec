// lint: unknown-member
void OnTick() { MqlTick t; ZeroMemory(t); Print(t.price); }
