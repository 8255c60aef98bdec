// lint: unused
void OnTick() { int a; }
