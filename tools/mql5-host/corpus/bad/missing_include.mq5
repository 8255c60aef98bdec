// lint: include-missing
#include "Nope.mqh"
void OnTick() {}
