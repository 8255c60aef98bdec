// lint: system-function
double MathAbs(double x) { return x; }
void OnTick() {}
