// lint: format-type
void OnTick() { PrintFormat("%d",0.5); }
