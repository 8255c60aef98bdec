// lint: char-literal
void OnTick() { ushort c='ab'; Print(c); }
