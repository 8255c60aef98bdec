// lint: used-before
void OnTick() { Print(g_late); }
int g_late=1;
