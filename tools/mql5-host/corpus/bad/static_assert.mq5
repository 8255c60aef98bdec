// lint: cpp-word
static_assert(true);
void OnTick() {}
