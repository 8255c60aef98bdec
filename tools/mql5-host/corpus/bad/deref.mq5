// lint: dereference
class CBox { public: int x; };
void OnTick() { CBox *a=new CBox; Print((*a).x); delete a; }
