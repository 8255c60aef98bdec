// lint: index-out-of-range
void OnTick() { int a[]={1,2,3}; Print(a[3]); }
