// lint: semicolon-expected
void OnTick() { int a=1 Print(a); }
