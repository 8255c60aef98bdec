// lint: empty-statement
void OnTick() { if(true); Print(1); }
