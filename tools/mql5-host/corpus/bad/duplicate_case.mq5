// lint: case-twice
void OnTick() { int a=1; switch(a) { case 1: break; case 1: break; } }
