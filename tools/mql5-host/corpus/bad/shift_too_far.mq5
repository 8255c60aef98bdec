// g++: shift-count-overflow
void OnTick() { int a=MathRand(); Print(a<<40); }
