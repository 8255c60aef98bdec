// lint: uninitialised
void OnTick() { int a; a=a+1; Print(a); }
