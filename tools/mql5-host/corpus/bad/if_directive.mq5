// lint: unknown-directive
#if 1
#endif
void OnTick() {}
