// lint: pointer-here
class CBox { public: int x; };
CBox *g_box=NULL;
void OnTick() {}
