// lint: type-expected
CNope g_n;
void OnTick() {}
