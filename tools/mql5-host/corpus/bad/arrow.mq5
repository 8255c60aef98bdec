// lint: arrow
class CBox { public: int x; CBox() { x=1; } };
void OnTick() { CBox a; Print(a->x); }
