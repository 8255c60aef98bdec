// lint: reference-type
void Fill(double &d) { d=1; }
void OnTick() { int a=0; Fill(a); Print(a); }
