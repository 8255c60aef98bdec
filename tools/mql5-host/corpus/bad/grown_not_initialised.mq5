// run: poison
int OnInit() { int a[]; ArrayResize(a,1); Print(a[0]==0 ? "zero" : "poison"); return INIT_SUCCEEDED; }
