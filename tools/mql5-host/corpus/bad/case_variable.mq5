// lint: case-type
void OnTick() { int a=1,b=1; switch(a) { case b: break; } }
