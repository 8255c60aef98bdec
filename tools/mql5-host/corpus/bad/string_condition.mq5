// lint: string-to-number
void OnTick() { string s="a"; if(s) Print(s); }
