// lint: cpp-word
void OnTick() { auto x=5; Print(x); }
