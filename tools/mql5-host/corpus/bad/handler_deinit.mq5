// lint: handler-signature
void OnDeinit() {}
void OnTick() {}
