// lint: object-by-value
double Bid(MqlTick t) { return t.bid; }
void OnTick() {}
