// lint: type-expected
Print(1);
void OnTick() {}
