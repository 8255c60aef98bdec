// lint: shadows
void OnTick() { int a=1; if(a>0) { int a=2; Print(a); } }
