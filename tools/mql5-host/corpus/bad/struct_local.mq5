// lint: local-type
void OnTick() { struct L { int a; }; }
