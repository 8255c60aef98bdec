// lint: print-kind
void OnTick() { int a[2]={1,2}; Print(a); }
