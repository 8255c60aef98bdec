// lint: range-for
void OnTick() { int a[3]={1,2,3}; for(int x : a) Print(x); }
