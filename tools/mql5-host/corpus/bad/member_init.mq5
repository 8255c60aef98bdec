// lint: member-init
struct P { int x=1; };
void OnTick() { P p; Print(p.x); }
