// lint: uninitialised
input int Way=1;
int F() { int a; switch(Way) { case 1: a=1; break; case 2: a=2; break; } return(a); }
void OnTick() { Print(F()); }
