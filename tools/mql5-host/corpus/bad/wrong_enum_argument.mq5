// lint: wrong-enum
void OnTick() { Print(PositionGetDouble(POSITION_TICKET)); }
