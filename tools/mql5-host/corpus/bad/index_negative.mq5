// lint: index-out-of-range
int g_a[];
void OnTick() { Print(g_a[-1]); }
