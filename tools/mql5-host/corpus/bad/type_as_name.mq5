// lint: reserved-name
void OnTick() { int color=1; Print(color); }
