// lint: digit-separator
void OnTick() { int a=1'000; Print(a); }
