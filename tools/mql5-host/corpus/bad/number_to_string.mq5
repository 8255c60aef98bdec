// lint: number-to-string
void OnTick() { string s=5; Print(s); }
