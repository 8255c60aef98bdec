// lint: argument-count
int Twice(int a) { return 2*a; }
void OnTick() { Print(Twice(1,2)); }
