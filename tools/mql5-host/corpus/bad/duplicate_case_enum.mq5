// lint: case-twice
enum ENUM_E { E_A, E_B };
void OnTick() { ENUM_E a=E_A; switch(a) { case E_A: break; case E_B: break; case E_A: break; } }
