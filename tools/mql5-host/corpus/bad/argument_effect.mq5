// lint: argument-effect
void Two(int a,int b) { Print(a,b); }
void OnTick() { int i=1; Two(i++,i); }
