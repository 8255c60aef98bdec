// lint: if-init
void OnTick() { if(int a=1; a>0) Print(a); }
