// lint: assign-in-condition
void OnTick() { int a=0; if(a=1) Print(a); }
