// lint: string-to-number
void OnTick() { int x="5"; Print(x); }
