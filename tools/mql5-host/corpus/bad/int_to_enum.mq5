// lint: not-an-enum
void OnTick() { ENUM_TIMEFRAMES t=5; Print(t); }
