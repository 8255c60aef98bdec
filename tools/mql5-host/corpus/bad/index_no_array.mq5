// lint: not-an-array
void OnTick() { int a=3; Print(a[0]); }
