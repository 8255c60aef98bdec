// lint: format-type
void OnTick() { PrintFormat("%.2f",5); }
