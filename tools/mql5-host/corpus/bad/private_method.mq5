// lint: private-member
class CBox { int Get() { return 1; } };
void OnTick() { CBox b; Print(b.Get()); }
