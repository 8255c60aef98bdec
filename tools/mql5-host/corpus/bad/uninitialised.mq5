// lint: uninitialised
void OnTick() { int a; if(a>1) Print(1); }
