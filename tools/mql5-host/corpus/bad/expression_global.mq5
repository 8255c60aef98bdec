// lint: global-statement
5+5;
void OnTick() {}
