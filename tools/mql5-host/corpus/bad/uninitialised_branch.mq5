// lint: uninitialised
input int Way=1;
int Twice(const int x) { return(2*x); }
void OnTick() { int a; if(Way>1) a=2; Print(Twice(a)); }
