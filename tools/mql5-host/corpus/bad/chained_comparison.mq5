// lint: bool-compare
void OnTick() { int a=3; if(1<a<5) Print(1); }
