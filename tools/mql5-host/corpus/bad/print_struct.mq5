// lint: print-kind
struct S { int a; };
void OnTick() { S s; ZeroMemory(s); Print(s); }
