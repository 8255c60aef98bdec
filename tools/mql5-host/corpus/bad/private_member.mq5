// lint: private-member
class CBox { int m_x; public: CBox() { m_x=1; } };
void OnTick() { CBox b; Print(b.m_x); }
