// lint: brace-expected
struct S int a;
void OnTick() {}
