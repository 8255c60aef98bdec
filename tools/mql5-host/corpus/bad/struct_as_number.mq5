// lint: type-mismatch
struct S { int a; };
void OnTick() { S s; ZeroMemory(s); int b=s; Print(b); }
