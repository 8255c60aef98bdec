// lint: input-kind
input int Levels[3];
void OnTick() {}
