// lint: sign-change
void Show(const long ticket) { Print(ticket); }
void OnTick() { Show(PositionGetTicket(0)); }
