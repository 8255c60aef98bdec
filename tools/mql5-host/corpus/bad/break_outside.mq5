// lint: break-outside
void OnTick() { break; }
