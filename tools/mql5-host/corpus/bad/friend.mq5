// lint: cpp-word
class CBox { friend class CLid; };
void OnTick() {}
