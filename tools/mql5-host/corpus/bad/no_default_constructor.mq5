// g++: no matching function
class CBox { int m_x; public: CBox(const int x) { m_x=x; } int Get() { return m_x; } };
void OnTick() { CBox b; Print(b.Get()); }
