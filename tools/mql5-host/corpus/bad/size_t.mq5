// lint: cpp-word
void OnTick() { size_t n=1; Print(n); }
