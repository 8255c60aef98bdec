// lint: reserved-name
void OnTick() { int input=1; Print(input); }
