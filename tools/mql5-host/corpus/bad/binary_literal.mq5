// lint: number-suffix
void OnTick() { int a=0b101; Print(a); }
