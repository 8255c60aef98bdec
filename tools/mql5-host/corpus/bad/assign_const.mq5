// lint: assign-const
void OnTick() { const int a=1; a=2; Print(a); }
