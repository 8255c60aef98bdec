// lint: brace-init
void OnTick() { int a{5}; Print(a); }
