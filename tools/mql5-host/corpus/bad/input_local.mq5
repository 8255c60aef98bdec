// lint: input-in-function
void OnTick() { input int a=1; Print(a); }
