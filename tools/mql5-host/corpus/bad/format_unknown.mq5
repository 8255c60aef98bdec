// lint: format-unknown
void OnTick() { PrintFormat("%q",5); }
