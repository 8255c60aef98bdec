// lint: destructor-parameters
class CBox { public: ~CBox(int a) { Print(a); } };
void OnTick() {}
