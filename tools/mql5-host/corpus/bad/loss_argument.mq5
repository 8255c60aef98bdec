// lint: data-loss
void Say(const int n) { Print(n); }
void OnTick() { Say(SymbolInfoDouble(_Symbol,SYMBOL_BID)); }
