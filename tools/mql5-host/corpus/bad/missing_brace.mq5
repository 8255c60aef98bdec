// lint: braces-unbalanced
void OnTick() { if(true) { Print(1);
