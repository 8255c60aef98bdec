// lint: too-many-dimensions
int a[2][2][2][2][2];
void OnTick() {}
