// lint: array-operand
void OnTick() { int a[2]={1,2}; int b=a; Print(b); }
