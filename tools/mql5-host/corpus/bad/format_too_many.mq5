// lint: format-count
void OnTick() { PrintFormat("%d",5,6); }
