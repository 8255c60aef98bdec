// lint: cpp-word
void OnTick() { throw 1; }
