// lint: data-loss
void OnTick() { int a=TimeCurrent(); Print(a); }
