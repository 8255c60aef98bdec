// lint: cpp-word
void OnTick() { string s=nullptr; Print(s); }
