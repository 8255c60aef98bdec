// lint: cpp-word
void OnTick() { double d=1.5; Print(static_cast<int>(d)); }
