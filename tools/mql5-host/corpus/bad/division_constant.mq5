// lint: zero-division
void OnTick() { int a=4; Print(a/0); }
