// g++: override
class CBase { public: virtual void Do(int a) { Print(a); } };
class CHeir : public CBase { public: virtual void Do(string a) override { Print(a); } };
void OnTick() { CHeir h; h.Do("x"); }
