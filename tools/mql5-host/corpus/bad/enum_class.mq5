// lint: enum-class
enum class E { A };
void OnTick() {}
