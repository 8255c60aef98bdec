// lint: assign-input
input int Count=1;
void OnTick() { Count=2; }
