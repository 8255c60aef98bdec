// lint: cpp-word
class CBox { public: explicit CBox(int x) { Print(x); } };
void OnTick() {}
