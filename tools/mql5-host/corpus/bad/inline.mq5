// lint: cpp-word
inline int F() { return 1; }
void OnTick() { Print(F()); }
