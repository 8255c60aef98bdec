// lint: not-an-enum
enum ENUM_MODE { MODE_A, MODE_B };
void Set(ENUM_MODE m) { Print(m); }
void OnTick() { Set(0); }
