// lint: cpp-word
void OnTick() { goto x; x: Print(1); }
