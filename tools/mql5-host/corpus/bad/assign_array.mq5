// lint: array-assigned
void OnTick() { int a[2]={1,2}; int b[2]={3,4}; a=b; Print(a[0]+b[0]); }
