// lint: include-angle
#include <Trade\Trade.mqh>
void OnTick() {}
