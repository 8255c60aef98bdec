// lint: const-without-value
const int K;
void OnTick() { Print(K); }
