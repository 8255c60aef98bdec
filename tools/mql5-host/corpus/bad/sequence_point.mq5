// g++: sequence-point
void OnTick() { int a=MathRand(); a=a++ + 1; Print(a); }
