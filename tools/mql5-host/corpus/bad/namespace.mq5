// lint: namespace
namespace N { int a; }
void OnTick() {}
