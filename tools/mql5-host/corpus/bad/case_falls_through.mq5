// lint: falls-through
void OnTick() { int a=1; switch(a) { case 1: Print(1); case 2: Print(2); break; } }
