// lint: cpp-word
struct P { int x; int y; };
void OnTick() { P p={1,2}; auto [a,b]=p; Print(a); }
