// lint: date-literal
void OnTick() { datetime t=D'2024.13.45'; Print(t); }
