// lint: bit-precedence
void OnTick() { int a=3; if(a & 1==1) Print(1); }
