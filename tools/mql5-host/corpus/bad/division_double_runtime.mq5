// run: critical
input double Zero=0.0;
int OnInit() { Print(10.0/Zero); return INIT_SUCCEEDED; }
