// lint: argument-count
void OnTick() { Print(PositionGetTicket()); }
