// g++: maybe-uninitialized
input int Way=1;
void OnTick() { int a; if(Way>1) a=2; Print(a); }
