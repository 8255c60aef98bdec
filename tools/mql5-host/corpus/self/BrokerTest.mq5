//+------------------------------------------------------------------+
//| BrokerTest.mq5 - a hedging account: orders, stops, refusals       |
//| run: drive.mjs BIN --no-feed --sandbox DIR                        |
//+------------------------------------------------------------------+
#property version "1.00"
#include "Inc\\Check.mqh"

int   g_trans=0,g_deals=0,g_requests=0,g_trade=0,g_passes=0;
MqlTradeResult g_res;

void Blank(MqlTradeRequest &q)
  {
   ZeroMemory(q);
   q.symbol=_Symbol;
   q.type_filling=ORDER_FILLING_FOK;
   q.deviation=10;
   q.magic=77;
   q.comment="self test";
  }
uint Send(MqlTradeRequest &q)
  {
   ResetLastError();
   bool ok=OrderSend(q,g_res);
   bool done=(g_res.retcode==TRADE_RETCODE_DONE || g_res.retcode==TRADE_RETCODE_DONE_PARTIAL || g_res.retcode==TRADE_RETCODE_PLACED);
   Check(ok==done,"OrderSend's return follows the retcode "+IntegerToString(g_res.retcode));
   return g_res.retcode;
  }
uint Market(const ENUM_ORDER_TYPE type,const double volume,const double sl=0,const double tp=0,const ulong position=0)
  {
   MqlTradeRequest q;
   Blank(q);
   q.action=TRADE_ACTION_DEAL;
   q.type=type;
   q.volume=volume;
   q.price=SymbolInfoDouble(_Symbol,type==ORDER_TYPE_BUY ? SYMBOL_ASK : SYMBOL_BID);
   q.sl=sl;
   q.tp=tp;
   q.position=position;
   return Send(q);
  }
uint Pending(const ENUM_ORDER_TYPE type,const double price,const double stoplimit=0,const ENUM_ORDER_TYPE_TIME life=ORDER_TIME_GTC,const datetime until=0)
  {
   MqlTradeRequest q;
   Blank(q);
   q.action=TRADE_ACTION_PENDING;
   q.type=type;
   q.volume=0.1;
   q.price=price;
   q.stoplimit=stoplimit;
   q.type_time=life;
   q.expiration=until;
   return Send(q);
  }
void Prices(const double bid)
  {
   Do("tick "+_Symbol+" "+DoubleToString(bid,5)+" "+DoubleToString(bid+0.0001,5));
   for(int i=0; i<300 && MathAbs(SymbolInfoDouble(_Symbol,SYMBOL_BID)-bid)>0.000001; i++)
      Sleep(10);
   Sleep(30);
  }
bool WaitPositions(const int n)
  {
   for(int i=0; i<300 && PositionsTotal()!=n; i++)
      Sleep(10);
   return PositionsTotal()==n;
  }
bool WaitOrders(const int n)
  {
   for(int i=0; i<300 && OrdersTotal()!=n; i++)
      Sleep(10);
   return OrdersTotal()==n;
  }
// The newest deal of a position: its reason and entry.
ulong LastDeal(const ulong position)
  {
   if(!HistorySelectByPosition((long)position) || HistoryDealsTotal()==0)
      return 0;
   return HistoryDealGetTicket(HistoryDealsTotal()-1);
  }

void TestMarket()
  {
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_DONE,"market buy");
   ulong t=g_res.order;
   Check(t>4294967296,"tickets are beyond 32 bits");
   Check(PositionSelectByTicket(t),"position by ticket");
   Near(PositionGetDouble(POSITION_VOLUME),0.1,"its volume");
   Num(PositionGetInteger(POSITION_MAGIC),77,"its magic");
   Eq(PositionGetString(POSITION_COMMENT),"self test","its comment");
   Num(PositionGetInteger(POSITION_REASON),POSITION_REASON_EXPERT,"its reason");
   Check(HistoryDealSelect(g_res.deal),"the deal of the result");
   Num(HistoryDealGetInteger(g_res.deal,DEAL_POSITION_ID),(long)t,"the deal names the position");
   Num(HistoryDealGetInteger(g_res.deal,DEAL_ENTRY),DEAL_ENTRY_IN,"entry in");
   Check(HistoryDealGetDouble(g_res.deal,DEAL_COMMISSION)<0,"commission");
   Check(HistoryOrderSelect(t),"the order is in the history");
   Num(HistoryOrderGetInteger(t,ORDER_STATE),ORDER_STATE_FILLED,"as filled");
   Num(Market(ORDER_TYPE_SELL,0.04,0,0,t),TRADE_RETCODE_DONE,"partial close");
   Check(PositionSelectByTicket(t),"the rest stays");
   Near(PositionGetDouble(POSITION_VOLUME),0.06,"volume of the rest");
   Num(Market(ORDER_TYPE_SELL,0.5,0,0,t),TRADE_RETCODE_INVALID_CLOSE_VOLUME,"closing more than there is");
   Num(Market(ORDER_TYPE_BUY,0.06,0,0,t),TRADE_RETCODE_INVALID,"closing to the wrong side");
   Num(Market(ORDER_TYPE_SELL,0.06,0,0,t),TRADE_RETCODE_DONE,"closing the rest");
   Num(HistoryDealSelect(g_res.deal) ? HistoryDealGetInteger(g_res.deal,DEAL_ENTRY) : -1,DEAL_ENTRY_OUT,"entry out");
   Num(Market(ORDER_TYPE_SELL,0.06,0,0,t),TRADE_RETCODE_POSITION_CLOSED,"closing it again");
   Check(!PositionSelectByTicket(t) && GetLastError()==ERR_TRADE_POSITION_NOT_FOUND,"it is gone");
  }
void TestRefusals()
  {
   Num(Market(ORDER_TYPE_BUY,0.001),TRADE_RETCODE_INVALID_VOLUME,"below the minimum");
   Num(Market(ORDER_TYPE_BUY,0.015),TRADE_RETCODE_INVALID_VOLUME,"between two steps");
   Num(Market(ORDER_TYPE_BUY,90),TRADE_RETCODE_NO_MONEY,"no money");
   Num(Market(ORDER_TYPE_BUY,0.1,SymbolInfoDouble(_Symbol,SYMBOL_BID)+0.01),TRADE_RETCODE_INVALID_STOPS,"sl on the wrong side");
   MqlTradeRequest q;
   Blank(q);
   q.action=TRADE_ACTION_DEAL;
   q.volume=0.1;
   q.type_filling=ORDER_FILLING_RETURN;
   Num(Send(q),TRADE_RETCODE_INVALID_FILL,"RETURN in market execution");
   q.type_filling=ORDER_FILLING_FOK;
   q.symbol="NOSUCH";
   Num(Send(q),TRADE_RETCODE_INVALID,"unknown symbol");
   Do("market "+_Symbol+" closed");
   Sleep(200);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_MARKET_CLOSED,"market closed");
   Do("market "+_Symbol+" open");
   Do("symbol "+_Symbol+"; mode=long; limit=0.2; freeze=0");
   Sleep(200);
   Num(Market(ORDER_TYPE_SELL,0.1),TRADE_RETCODE_LONG_ONLY,"long only");
   Num(Market(ORDER_TYPE_BUY,0.3),TRADE_RETCODE_LIMIT_VOLUME,"volume limit");
   Do("symbol "+_Symbol+"; mode=close; limit=0");
   Sleep(200);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_CLOSE_ONLY,"close only");
   Do("symbol "+_Symbol+"; mode=disabled");
   Sleep(200);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_TRADE_DISABLED,"disabled");
   Do("symbol "+_Symbol+"; mode=full");
   Do("autotrade off");
   Sleep(200);
   Check(!(bool)TerminalInfoInteger(TERMINAL_TRADE_ALLOWED),"the terminal says so");
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_CLIENT_DISABLES_AT,"autotrade off");
   Do("autotrade on");
   Do("autotrade account off");
   Sleep(200);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_SERVER_DISABLES_AT,"the server forbids experts");
   Do("autotrade account on");
   Sleep(200);
  }
void TestStops()
  {
   Prices(1.10000);
   Num(Market(ORDER_TYPE_BUY,0.1,1.09900,1.10200),TRADE_RETCODE_DONE,"buy with stops");
   ulong t=g_res.order;
   MqlTradeRequest q;
   ZeroMemory(q);
   q.action=TRADE_ACTION_SLTP;
   q.position=t;
   q.symbol=_Symbol;
   q.sl=1.09900;
   q.tp=1.10200;
   Num(Send(q),TRADE_RETCODE_NO_CHANGES,"no changes");
   q.tp=1.10300;
   Num(Send(q),TRADE_RETCODE_DONE,"modify");
   q.sl=1.20000;
   Num(Send(q),TRADE_RETCODE_INVALID_STOPS,"a stop beyond the price");
   Do("symbol "+_Symbol+"; freeze=200");
   Sleep(200);
   q.sl=1.09950;
   Num(Send(q),TRADE_RETCODE_FROZEN,"within the freeze level");
   Do("symbol "+_Symbol+"; freeze=0");
   Sleep(200);
   Prices(1.10310);
   Check(WaitPositions(0),"tp closes");
   ulong d=LastDeal(t);
   Num(HistoryDealGetInteger(d,DEAL_REASON),DEAL_REASON_TP,"reason tp");
   Eq(HistoryDealGetString(d,DEAL_COMMENT),"[tp 1.10300]","comment of the tp");
   Num(Market(ORDER_TYPE_SELL,0.1,1.10400),TRADE_RETCODE_DONE,"sell with sl");
   t=g_res.order;
   Prices(1.10450);
   Check(WaitPositions(0),"sl closes");
   d=LastDeal(t);
   Num(HistoryDealGetInteger(d,DEAL_REASON),DEAL_REASON_SL,"reason sl");
   Check(HistoryDealGetDouble(d,DEAL_PROFIT)<0,"at a loss");
   Num(HistoryDealGetInteger(d,DEAL_MAGIC),77,"magic of the closing deal");
  }
void TestPending()
  {
   Prices(1.10000);
   Num(Pending(ORDER_TYPE_BUY_LIMIT,1.20000),TRADE_RETCODE_INVALID_PRICE,"a limit above the market");
   Num(Pending(ORDER_TYPE_BUY_LIMIT,1.09500,0,ORDER_TIME_SPECIFIED,TimeCurrent()-100),TRADE_RETCODE_INVALID_EXPIRATION,"expired at birth");
   Num(Pending(ORDER_TYPE_BUY_LIMIT,1.09500),TRADE_RETCODE_DONE,"buy limit");
   ulong t=g_res.order;
   Check(OrderSelect(t),"select the order");
   Num(OrderGetInteger(ORDER_STATE),ORDER_STATE_PLACED,"placed");
   MqlTradeRequest q;
   ZeroMemory(q);
   q.action=TRADE_ACTION_MODIFY;
   q.order=t;
   q.price=1.09600;
   Num(Send(q),TRADE_RETCODE_DONE,"modify the order");
   Num(Send(q),TRADE_RETCODE_NO_CHANGES,"modify it the same way");
   Check(OrderSelect(t),"again");
   Near(OrderGetDouble(ORDER_PRICE_OPEN),1.09600,"new price");
   ZeroMemory(q);
   q.action=TRADE_ACTION_REMOVE;
   q.order=t;
   Num(Send(q),TRADE_RETCODE_DONE,"remove");
   Check(HistoryOrderSelect(t),"in the history");
   Num(HistoryOrderGetInteger(t,ORDER_STATE),ORDER_STATE_CANCELED,"cancelled");
   Num(Send(q),TRADE_RETCODE_INVALID,"remove it again");
   Num(Pending(ORDER_TYPE_BUY_STOP,1.10100),TRADE_RETCODE_DONE,"buy stop");
   t=g_res.order;
   Prices(1.10110);
   Check(WaitPositions(1),"it triggers");
   Check(PositionSelectByTicket(t),"the position has the order's ticket");
   Num(Market(ORDER_TYPE_SELL,0.1,0,0,t),TRADE_RETCODE_DONE,"close it");
   Num(Pending(ORDER_TYPE_BUY_STOP_LIMIT,1.10300,1.10200),TRADE_RETCODE_DONE,"buy stop limit");
   t=g_res.order;
   Prices(1.10310);
   for(int i=0; i<300 && OrderSelect(t) && OrderGetInteger(ORDER_TYPE)!=ORDER_TYPE_BUY_LIMIT; i++)
      Sleep(10);
   Num(OrderGetInteger(ORDER_TYPE),ORDER_TYPE_BUY_LIMIT,"it becomes a limit order");
   Near(OrderGetDouble(ORDER_PRICE_OPEN),1.10200,"at its second price");
   Prices(1.10180);
   Check(WaitPositions(1),"which fills");
   Num(Market(ORDER_TYPE_SELL,0.1,0,0,t),TRADE_RETCODE_DONE,"close that");
   Num(Pending(ORDER_TYPE_SELL_LIMIT,1.30000,0,ORDER_TIME_SPECIFIED,TimeTradeServer()+2),TRADE_RETCODE_DONE,"with an end");
   t=g_res.order;
   Check(WaitOrders(0) || WaitOrders(0),"it expires");
   Check(HistoryOrderSelect(t) && HistoryOrderGetInteger(t,ORDER_STATE)==ORDER_STATE_EXPIRED,"as expired");
  }
void TestCloseBy()
  {
   Num(Market(ORDER_TYPE_BUY,0.3),TRADE_RETCODE_DONE,"long leg");
   ulong a=g_res.order;
   Num(Market(ORDER_TYPE_SELL,0.1),TRADE_RETCODE_DONE,"short leg");
   ulong b=g_res.order;
   double margin=AccountInfoDouble(ACCOUNT_MARGIN),leg=0;
   Check(OrderCalcMargin(ORDER_TYPE_BUY,_Symbol,0.3,SymbolInfoDouble(_Symbol,SYMBOL_ASK),leg),"margin of a leg");
   Check(MathAbs(margin-leg)<1.0,"the larger leg is charged");
   MqlTradeRequest q;
   ZeroMemory(q);
   q.action=TRADE_ACTION_CLOSE_BY;
   q.position=a;
   q.position_by=b;
   Num(Send(q),TRADE_RETCODE_DONE,"close by");
   Check(PositionSelectByTicket(a),"the larger one stays");
   Near(PositionGetDouble(POSITION_VOLUME),0.2,"with the rest");
   Check(!PositionSelectByTicket(b),"the smaller one is gone");
   ulong d=LastDeal(b);
   Num(HistoryDealGetInteger(d,DEAL_ENTRY),DEAL_ENTRY_OUT_BY,"entry out by");
   Num(Market(ORDER_TYPE_SELL,0.2,0,0,a),TRADE_RETCODE_DONE,"close the rest");
  }
void TestChecks()
  {
   MqlTradeRequest q;
   MqlTradeCheckResult c;
   Blank(q);
   q.action=TRADE_ACTION_DEAL;
   q.volume=0.1;
   q.price=SymbolInfoDouble(_Symbol,SYMBOL_ASK);
   Check(OrderCheck(q,c) && c.retcode==0,"OrderCheck passes");
   Check(c.margin>0 && c.margin_free<c.equity,"with its margin");
   q.volume=99;
   Check(!OrderCheck(q,c),"OrderCheck fails");
   Num(c.retcode,TRADE_RETCODE_NO_MONEY,"for want of money");
   double profit=0;
   Check(OrderCalcProfit(ORDER_TYPE_BUY,_Symbol,1.0,1.10000,1.10100,profit),"OrderCalcProfit");
   Near(profit,100.0,"100 points of a lot");
  }
void TestPerson()
  {
   Do("open "+_Symbol+" 0 0.1");
   Check(WaitPositions(1),"a person opens");
   ulong t=PositionGetTicket(0);
   Num(PositionGetInteger(POSITION_REASON),POSITION_REASON_CLIENT,"reason client");
   Do("modify "+IntegerToString((long)t)+" 1.0 2.0");
   for(int i=0; i<300 && PositionSelectByTicket(t) && PositionGetDouble(POSITION_TP)<1.5; i++)
      Sleep(10);
   Near(PositionGetDouble(POSITION_TP),2.0,"modifies");
   Do("close "+IntegerToString((long)t));
   Check(WaitPositions(0),"and closes");
   Num(HistoryDealGetInteger(LastDeal(t),DEAL_REASON),DEAL_REASON_CLIENT,"reason of the close");
   double before=AccountInfoDouble(ACCOUNT_BALANCE);
   Do("deposit 500");
   for(int i=0; i<300 && AccountInfoDouble(ACCOUNT_BALANCE)<before+499; i++)
      Sleep(10);
   Near(AccountInfoDouble(ACCOUNT_BALANCE),before+500,"deposit");
   Do("credit 250");
   for(int i=0; i<300 && AccountInfoDouble(ACCOUNT_CREDIT)<249; i++)
      Sleep(10);
   Near(AccountInfoDouble(ACCOUNT_CREDIT),250,"credit");
  }
void TestLink()
  {
   Num(Market(ORDER_TYPE_BUY,0.1,0,1.20000),TRADE_RETCODE_DONE,"a position before the link goes");
   ulong t=g_res.order;
   Do("connect off");
   for(int i=0; i<300 && (bool)TerminalInfoInteger(TERMINAL_CONNECTED); i++)
      Sleep(10);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_CONNECTION,"no order without a link");
   double bid=SymbolInfoDouble(_Symbol,SYMBOL_BID);
   Do("tick "+_Symbol+" 1.20010 1.20020");
   Sleep(300);
   Near(SymbolInfoDouble(_Symbol,SYMBOL_BID),bid,"prices stand still");
   Num(PositionsTotal(),1,"the terminal does not know yet");
   Do("connect on");
   Check(WaitPositions(0),"after the link is back it does");
   Num(HistoryDealGetInteger(LastDeal(t),DEAL_REASON),DEAL_REASON_TP,"what happened meanwhile");
  }
void TestFaults()
  {
   Prices(1.10000);
   Do("loseresp 1");
   Sleep(200);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_TIMEOUT,"the answer is lost");
   Check(WaitPositions(1),"but it was executed");
   ulong t=PositionGetTicket(0);
   Do("losereq 1 10031");
   Sleep(200);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_CONNECTION,"the request is lost");
   Sleep(100);
   Num(PositionsTotal(),1,"nothing was executed");
   Do("late 1 700");
   Sleep(200);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_TIMEOUT,"late");
   Num(PositionsTotal(),1,"not yet");
   Check(WaitPositions(2),"then it comes");
   Do("reject 10006 1");
   Sleep(200);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_REJECT,"rejected");
   double ask=SymbolInfoDouble(_Symbol,SYMBOL_ASK);
   Do("requote 1 10020");
   Sleep(200);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_PRICE_CHANGED,"price changed");
   Check(SymbolInfoDouble(_Symbol,SYMBOL_ASK)>ask,"and it moved");
   Do("partial 0.5 1");
   Sleep(200);
   MqlTradeRequest q;
   Blank(q);
   q.action=TRADE_ACTION_DEAL;
   q.volume=0.1;
   q.type_filling=ORDER_FILLING_IOC;
   Num(Send(q),TRADE_RETCODE_DONE_PARTIAL,"partial fill");
   Near(g_res.volume,0.05,"half of it");
   Do("comments cut 4");
   Sleep(200);
   Num(Market(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_DONE,"with a comment that is cut");
   Check(PositionSelectByTicket(g_res.order) && PositionGetString(POSITION_COMMENT)=="self" && PositionGetInteger(POSITION_MAGIC)==77,"comment cut, magic kept");
   Do("history delay 1500");
   Sleep(200);
   Num(Market(ORDER_TYPE_SELL,0.1,0,0,t),TRADE_RETCODE_DONE,"a deal that the history shows late");
   Check(!HistoryDealSelect(g_res.deal),"not yet there");
   for(int i=0; i<300 && !HistoryDealSelect(g_res.deal); i++)
      Sleep(10);
   Check(HistoryDealSelect(g_res.deal),"now it is");
   Do("nofaults");
   Sleep(200);
   while(PositionsTotal()>0 && PositionGetTicket(0)>0)
      if(Market(ORDER_TYPE_SELL,PositionGetDouble(POSITION_VOLUME),0,0,PositionGetTicket(0))!=TRADE_RETCODE_DONE)
         break;
   Num(PositionsTotal(),0,"all closed");
  }
void TestStopOut()
  {
   Prices(1.10000);
   Num(Market(ORDER_TYPE_BUY,5),TRADE_RETCODE_DONE,"a position too large");
   ulong t=g_res.order;
   Prices(1.08000);
   Check(WaitPositions(0),"the broker closes it");
   ulong d=LastDeal(t);
   Num(HistoryDealGetInteger(d,DEAL_REASON),DEAL_REASON_SO,"reason stop out");
  }
void TestAsync()
  {
   Do("deposit 20000");
   for(int i=0; i<300 && AccountInfoDouble(ACCOUNT_BALANCE)<15000; i++)
      Sleep(10);
   MqlTradeRequest q;
   MqlTradeResult r;
   Blank(q);
   q.action=TRADE_ACTION_DEAL;
   q.volume=0.1;
   Check(OrderSendAsync(q,r) && r.retcode==TRADE_RETCODE_PLACED && r.request_id>0,"async is placed");
   Check(WaitPositions(1),"and executed");
   Do("swap 1");
   for(int i=0; i<300 && PositionGetTicket(0)>0 && MathAbs(PositionGetDouble(POSITION_SWAP))<0.000001; i++)
      Sleep(10);
   Check(PositionGetDouble(POSITION_SWAP)<0,"swap is charged");
   Num(Market(ORDER_TYPE_SELL,0.1,0,0,PositionGetTicket(0)),TRADE_RETCODE_DONE,"close");
   Check(HistoryDealSelect(g_res.deal) && HistoryDealGetDouble(g_res.deal,DEAL_SWAP)<0,"and booked with the deal");
  }
int OnInit()
  {
   EventSetMillisecondTimer(20);
   return INIT_SUCCEEDED;
  }
void OnTimer()
  {
   g_passes++;
   if(g_passes==1)
     {
      TestMarket();
      TestRefusals();
      TestStops();
      TestPending();
      TestCloseBy();
      TestChecks();
      TestPerson();
      TestLink();
      TestFaults();
      TestStopOut();
      TestAsync();
      return;
     }
   if(g_passes<10)
      return;
   Check(g_deals>15,"deals were told: "+IntegerToString(g_deals));
   Check(g_requests>20,"requests were told: "+IntegerToString(g_requests));
   Check(g_trade>15,"OnTrade came: "+IntegerToString(g_trade));
   Summary("brokertest");
   ExpertRemove();
  }
void OnTradeTransaction(const MqlTradeTransaction &t,const MqlTradeRequest &q,const MqlTradeResult &r)
  {
   g_trans++;
   if(t.type==TRADE_TRANSACTION_DEAL_ADD)
      g_deals++;
   if(t.type==TRADE_TRANSACTION_REQUEST && r.request_id>0)
      g_requests++;
  }
void OnTrade() { g_trade++; }
