// lint: while-expected
void OnTick() { int a=0; do { a++; } Print(a); }
