// g++: switch
enum ENUM_E { E_A, E_B };
void OnTick() { ENUM_E e=(ENUM_E)MathRand(); switch(e) { case E_A: Print(1); break; } }
