//+------------------------------------------------------------------+
//| EventTest.mq5 - the queue's rules and the ticks that OnTick misses|
//| run: drive.mjs BIN --no-feed --sandbox DIR                        |
//+------------------------------------------------------------------+
#property version "1.00"
#include "Inc\\Check.mqh"

int  g_passes=0,g_tick=0,g_trans=0,g_seen=0,g_same=0;
long g_last=0;

// The cursor of a tick stream: time and how many of that millisecond were seen.
void Pump()
  {
   MqlTick t[];
   int skip=g_same;
   int n=CopyTicks(_Symbol,t,COPY_TICKS_ALL,(ulong)MathMax(g_last,1),0);
   for(int i=0; i<n; i++)
     {
      if(t[i].time_msc==g_last && skip>0)
        {
         skip--;
         continue;
        }
      g_same=(t[i].time_msc==g_last) ? g_same+1 : 1;
      g_last=t[i].time_msc;
      g_seen++;
     }
  }
void WaitTicks(const int n)
  {
   for(int i=0; i<300 && g_seen<n; i++)
     {
      Sleep(10);
      Pump();
     }
  }
void First()
  {
   Pump();
   Num(g_seen,1,"the first tick");
   Do("burst "+_Symbol+" 500");
   WaitTicks(501);
   Num(g_seen,501,"no tick of a burst is missed by the cursor");
   Do("copyticks-first 1");
   Sleep(200);
   MqlTick t[];
   Num(CopyTicks(_Symbol,t,COPY_TICKS_ALL,0,100),1,"a first call returns little");
   Num(CopyTicks(_Symbol,t,COPY_TICKS_ALL,0,100),100,"the next one all");
   Do("connect off");
   Sleep(200);
   Do("burst "+_Symbol+" 50");
   Sleep(200);
   Pump();
   Num(g_seen,501,"without a link there are no ticks");
   Do("connect on");
   WaitTicks(551);
   Num(g_seen,551,"with the link they come after all");
   Do("transactions drop 2");
   Do("deposit 1");
   Do("deposit 2");
   Do("deposit 3");
   for(int i=0; i<300 && AccountInfoDouble(ACCOUNT_BALANCE)<10006; i++)
      Sleep(10);
   Near(AccountInfoDouble(ACCOUNT_BALANCE),10006,"three deposits");
  }
void Second()
  {
   Num(g_trans,1,"two of three transactions were dropped");
   Check(g_tick<=2,"of 551 ticks OnTick saw the first and one: the handler was busy");
   for(int i=0; i<1100; i++)
      Do("deposit 0.01");
   for(int i=0; i<1000 && AccountInfoDouble(ACCOUNT_BALANCE)<10017-0.001; i++)
      Sleep(10);
   Near(AccountInfoDouble(ACCOUNT_BALANCE),10017,"1100 deposits while the handler is busy");
  }
int OnInit()
  {
   EventSetMillisecondTimer(20);
   return INIT_SUCCEEDED;
  }
void OnTick() { g_tick++; }
void OnTradeTransaction(const MqlTradeTransaction &t,const MqlTradeRequest &q,const MqlTradeResult &r)
  {
   if(t.deal>0 && q.order==0 && r.order==0)
      g_trans++;
  }
void OnTimer()
  {
   g_passes++;
   if(g_passes==1)
      First();
   if(g_passes==5)
     {
      Second();
      g_trans=0;
     }
   if(g_passes<10)
      return;
   Check(g_trans>900 && g_trans<=1024,"of 1100 transactions at most 1024 came: "+IntegerToString(g_trans));
   Summary("eventtest");
   ExpertRemove();
  }
