// lint: parenthesis-expected
void OnTick() { if true Print(1); }
