// run: critical
input int Zero=0;
int OnInit() { Print(10%Zero); return INIT_SUCCEEDED; }
