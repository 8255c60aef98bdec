// lint: include-name
#include Nope.mqh
void OnTick() {}
