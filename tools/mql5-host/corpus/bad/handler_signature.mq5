// lint: handler-signature
void OnTradeTransaction(const MqlTradeTransaction &t) {}
void OnTick() {}
