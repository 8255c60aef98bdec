// g++: unused-but-set-variable
void OnTick() { int a=1; a=MathRand(); }
