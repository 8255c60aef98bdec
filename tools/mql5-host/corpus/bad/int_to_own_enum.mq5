// lint: not-an-enum
enum ENUM_MODE { MODE_A, MODE_B };
void OnTick() { int i=1; ENUM_MODE m=i; Print(m); }
