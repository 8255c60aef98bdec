// lint: number-to-string
void OnTick() { string s="a"; s+=5; Print(s); }
