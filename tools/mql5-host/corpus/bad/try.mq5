// lint: cpp-word
void OnTick() { try { Print(1); } catch(...) {} }
