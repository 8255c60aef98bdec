// lint: name-expected
int =5;
void OnTick() {}
