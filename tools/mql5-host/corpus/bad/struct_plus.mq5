// lint: object-operand
struct S { int a; };
void OnTick() { S s; ZeroMemory(s); Print(s+1); }
