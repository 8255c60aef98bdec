// lint: type-used-before
void OnTick() { SPoint point; point.x=1; Print(point.x); }
struct SPoint { int x; };
