// lint: zero-escape
void OnTick() { Print("a\0b"); }
