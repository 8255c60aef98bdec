// lint: address-of
void OnTick() { int a=1; Print(&a); }
