// lint: string-arithmetic
void OnTick() { string s="5"; double d=s*2; Print(d); }
