// lint: string-to-number
void OnTick() { string s="5"; if(s==5) Print(s); }
