// lint: comma-index
void OnTick() { int a[2][2]={{1,2},{3,4}}; Print(a[1,1]); }
