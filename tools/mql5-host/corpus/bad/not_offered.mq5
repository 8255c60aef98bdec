// lint: not-offered
void OnTick() { Print(iMA(_Symbol,PERIOD_H1,14,0,MODE_SMA,PRICE_CLOSE)); }
