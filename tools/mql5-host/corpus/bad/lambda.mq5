// lint: lambda
void OnTick() { int k=1; Print([=](int z){return z+k;}(2)); }
