// lint: reference-here
void OnTick() { int a=1; int &r=a; r=2; Print(a); }
