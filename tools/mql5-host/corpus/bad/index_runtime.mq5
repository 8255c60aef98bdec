// run: critical
int g_a[];
int OnInit() { ArrayResize(g_a,2); int i=ArraySize(g_a); Print(g_a[i]); return INIT_SUCCEEDED; }
