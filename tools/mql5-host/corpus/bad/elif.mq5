// lint: unknown-directive
#ifdef A
#elif 1
#endif
void OnTick() {}
