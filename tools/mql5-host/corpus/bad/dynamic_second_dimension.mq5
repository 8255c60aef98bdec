// lint: dynamic-dimension
double a[3][];
void OnTick() {}
