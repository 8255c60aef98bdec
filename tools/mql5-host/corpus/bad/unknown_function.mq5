// lint: unknown-function
void OnTick() { Foo(1); }
