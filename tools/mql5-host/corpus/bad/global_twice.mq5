// lint: name-twice
int g_a=1;
double g_a=2;
void OnTick() { Print(g_a); }
