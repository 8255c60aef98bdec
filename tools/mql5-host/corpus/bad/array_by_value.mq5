// lint: array-by-value
int First(int a[]) { return a[0]; }
void OnTick() { int x[2]={1,2}; Print(First(x)); }
