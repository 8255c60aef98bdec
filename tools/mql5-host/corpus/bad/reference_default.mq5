// lint: reference-default
int g;
void F(int &a=g) { a=1; }
void OnTick() {}
