// g++: duplicated-cond
void OnTick() { int a=MathRand(); if(a==1) Print(1); else if(a==1) Print(2); }
