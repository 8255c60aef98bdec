// lint: name-twice
void OnTick() { int a=1; int a=2; Print(a); }
