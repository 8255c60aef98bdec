// lint: cpp-word
void OnTick() { std::vector<int> v; }
