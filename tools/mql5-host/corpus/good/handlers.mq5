int g_seen=0;
int OnInit() { return(EventSetMillisecondTimer(16) ? INIT_SUCCEEDED : INIT_FAILED); }
void OnTick() { g_seen|=1; }
void OnTimer()
  {
   g_seen|=2;
   if(g_seen==3)
      ExpertRemove();
  }
void OnTrade() {}
void OnTradeTransaction(const MqlTradeTransaction &,const MqlTradeRequest &,const MqlTradeResult &) {}
void OnChartEvent(const int id,const long &lparam,const double &,const string &)
  {
   Print(id," ",lparam);
  }
void OnDeinit(const int reason) { Print(g_seen==3 && reason==REASON_PROGRAM ? "ok" : "wrong"); }
