// lint: assign-const
class CBox { public: int m_x; void Put() const { m_x=1; } };
void OnTick() { CBox b; b.Put(); }
