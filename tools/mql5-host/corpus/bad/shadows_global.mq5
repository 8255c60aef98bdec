// lint: shadows
int g_a=1;
void OnTick() { int g_a=2; Print(g_a); }
