// lint: index-out-of-range
void OnTick() { int a[3]={1,2,3}; Print(a[5]); }
