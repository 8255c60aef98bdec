// lint: type-expected
void OnTick() { CNope n; }
