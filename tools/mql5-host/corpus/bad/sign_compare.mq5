// lint: sign-mismatch
void OnTick() { ulong t=PositionGetTicket(0); if(PositionGetInteger(POSITION_TICKET)==t) Print(1); }
