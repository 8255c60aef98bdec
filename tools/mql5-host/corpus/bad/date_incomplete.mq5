// lint: date-incomplete
void OnTick() { datetime t=D'10:30'; Print(t); }
