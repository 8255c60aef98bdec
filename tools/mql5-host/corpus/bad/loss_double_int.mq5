// lint: data-loss
void OnTick() { int a=SymbolInfoDouble(_Symbol,SYMBOL_BID); Print(a); }
