// lint: global-not-constant
int g_start=(int)TimeLocal();
void OnTick() { Print(g_start); }
