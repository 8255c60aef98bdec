// lint: single-quote
void OnTick() { ushort c='a; Print(c); }
