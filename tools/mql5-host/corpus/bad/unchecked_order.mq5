// lint: unchecked
void OnTick() { MqlTradeRequest q; MqlTradeResult r; ZeroMemory(q); ZeroMemory(r); OrderSend(q,r); }
