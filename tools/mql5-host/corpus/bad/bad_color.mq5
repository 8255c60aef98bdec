// lint: color-literal
void OnTick() { color c=C'300,0,0'; Print(c); }
