// lint: member-unknown
class CBox { public: int x; };
int CBox::Get() { return x; }
void OnTick() {}
