// lint: not-an-enum
void OnTick() { MqlRates r[]; Print(CopyRates(_Symbol,0,0,1,r)); }
