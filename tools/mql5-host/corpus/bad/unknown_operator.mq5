// g++: no match
class CBox { public: int x; CBox() { x=1; } };
void OnTick() { CBox a,b; Print(a==b); }
