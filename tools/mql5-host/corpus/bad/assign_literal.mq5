// lint: not-assignable
void OnTick() { 5=6; }
