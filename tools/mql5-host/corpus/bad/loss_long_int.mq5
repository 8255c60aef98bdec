// lint: data-loss
void OnTick() { int a=GetMicrosecondCount(); Print(a); }
