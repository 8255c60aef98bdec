// lint: data-loss
int Price() { return SymbolInfoDouble(_Symbol,SYMBOL_BID); }
void OnTick() { Print(Price()); }
