// lint: alternative-sign
void OnTick() { if(true and false) Print(1); }
