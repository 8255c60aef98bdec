// lint: function-without-body
class CBox { public: int Get(); };
void OnTick() { CBox b; Print(b.Get()); }
