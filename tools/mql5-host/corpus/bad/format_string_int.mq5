// lint: format-type
void OnTick() { Print(StringFormat("%s",5)); }
