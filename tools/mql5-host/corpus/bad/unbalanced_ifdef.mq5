// lint: unbalanced-ifdef
#ifdef A
void OnTick() {}
