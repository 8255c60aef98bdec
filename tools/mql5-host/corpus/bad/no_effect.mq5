// lint: no-effect
void OnTick() { int a=1; a==2; }
