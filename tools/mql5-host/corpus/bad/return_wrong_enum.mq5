// lint: wrong-enum
ENUM_ORDER_TYPE Kind() { return POSITION_TYPE_SELL; }
void OnTick() { Print(Kind()); }
