// lint: time-branch
void OnTick() { bool on=true; datetime t=on ? TimeCurrent() : 0; Print(t); }
