// g++: logical-op
void OnTick() { int a=MathRand(); if(a>5 && a>5) Print(1); }
