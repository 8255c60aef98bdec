// lint: cpp-word
using X=int;
void OnTick() {}
