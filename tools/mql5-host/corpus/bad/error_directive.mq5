// lint: unknown-directive
#error no
void OnTick() {}
