// lint: double-quote
void OnTick() { Print("a); }
