// lint: bit-operand
void OnTick() { double a=3; Print(a%2); }
