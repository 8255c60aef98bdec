// lint: object-by-value
struct S { int a; };
int F(S s) { return s.a; }
void OnTick() { S s; ZeroMemory(s); Print(F(s)); }
