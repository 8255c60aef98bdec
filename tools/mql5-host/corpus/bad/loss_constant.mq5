// lint: data-loss
void OnTick() { uchar a=300; Print(a); }
