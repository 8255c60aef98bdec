// lint: cpp-word
constexpr int K=1;
void OnTick() { Print(K); }
