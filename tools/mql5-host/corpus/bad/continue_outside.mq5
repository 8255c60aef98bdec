// lint: continue-outside
void OnTick() { continue; }
