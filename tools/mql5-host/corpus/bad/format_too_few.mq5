// lint: format-count
void OnTick() { PrintFormat("%d %d",5); }
