// lint: case-outside
void OnTick() { case 1: Print(1); }
