// lint: format-type
void OnTick() { ulong t=1; Print(StringFormat("%d",t)); }
