// run: diag
int OnInit() { string f="%d"; Print(StringFormat(f,"text")); return INIT_SUCCEEDED; }
