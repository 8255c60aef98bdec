// lint: not-assignable
void OnTick() { MathRand()=6; }
