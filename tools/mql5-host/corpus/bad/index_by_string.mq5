// lint: string-to-number
void OnTick() { int a[3]={1,2,3}; string k="1"; Print(a[k]); }
