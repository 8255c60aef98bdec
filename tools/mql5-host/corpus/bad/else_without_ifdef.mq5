// lint: unbalanced-ifdef
#else
void OnTick() {}
