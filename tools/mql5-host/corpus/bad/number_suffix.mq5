// lint: number-suffix
void OnTick() { long a=5LL; Print(a); }
