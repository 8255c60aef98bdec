// lint: brackets-unbalanced
void OnTick() { Print((1+2; }
