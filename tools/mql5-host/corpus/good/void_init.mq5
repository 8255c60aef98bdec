// OnInit may return nothing: then the program has begun well.
int g_begun=0;
void OnInit() { g_begun++; Print(g_begun==1 ? "ok" : "wrong"); }
