// lint: function-without-body
int F(int a);
void OnTick() { Print(F(1)); }
