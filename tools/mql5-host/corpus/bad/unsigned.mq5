// lint: cpp-word
void OnTick() { unsigned int a=1; Print(a); }
