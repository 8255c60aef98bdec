void OnTick() {}
int OnInit() { Print("ok"); return(INIT_SUCCEEDED); }
