// lint: wrong-enum
void OnTick() { ENUM_ORDER_TYPE t=POSITION_TYPE_BUY; Print(t); }
