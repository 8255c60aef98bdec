// lint: default-gap
int Sum(int a=1,int b) { return a+b; }
void OnTick() { Print(Sum(1,2)); }
