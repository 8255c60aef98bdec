// lint: nothing-declared
int ;
void OnTick() {}
