// lint: include-case
#include "inc\Part.mqh"
void OnTick() { Print(g_part); }
