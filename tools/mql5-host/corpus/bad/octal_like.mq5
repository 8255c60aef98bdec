// lint: leading-zero
void OnTick() { int a=010; Print(a); }
