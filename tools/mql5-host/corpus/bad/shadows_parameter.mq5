// lint: shadows
void F(int a) { for(int i=0; i<a; i++) { int a=i; Print(a); } }
void OnTick() { F(2); }
