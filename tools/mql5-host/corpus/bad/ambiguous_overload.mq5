// g++: ambiguous
void Put(long v) { Print(v); }
void Put(double v) { Print(v); }
void OnTick() { Put(5); }
