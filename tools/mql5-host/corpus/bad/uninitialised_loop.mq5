// lint: uninitialised
input int Way=1;
void OnTick() { int a; for(int i=0; i<Way; i++) a=i; Print(a); }
