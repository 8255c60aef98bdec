// lint: unknown-escape
void OnTick() { Print("a\q"); }
