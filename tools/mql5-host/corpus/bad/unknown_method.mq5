// lint: unknown-member
class CBox { public: int Get() { return 1; } };
void OnTick() { CBox b; Print(b.Take()); }
