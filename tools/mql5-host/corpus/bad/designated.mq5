// lint: designated-init
struct P { int x; };
void OnTick() { P p={.x=1}; Print(p.x); }
