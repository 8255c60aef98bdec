// lint: hex-escape
void OnTick() { Print("a\xg"); }
