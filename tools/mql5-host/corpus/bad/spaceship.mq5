// lint: three-way
void OnTick() { int a=1; Print(a<=>2); }
