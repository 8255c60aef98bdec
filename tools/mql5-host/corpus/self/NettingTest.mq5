//+------------------------------------------------------------------+
//| NettingTest.mq5 - one position a symbol: adding, reducing, turning|
//| run: drive.mjs BIN --no-feed --netting --sandbox DIR              |
//+------------------------------------------------------------------+
#property version "1.00"
#include "Inc\\Check.mqh"

MqlTradeResult g_res;

uint Deal(const ENUM_ORDER_TYPE type,const double volume)
  {
   MqlTradeRequest q;
   ZeroMemory(q);
   q.action=TRADE_ACTION_DEAL;
   q.symbol=_Symbol;
   q.type=type;
   q.volume=volume;
   q.type_filling=ORDER_FILLING_IOC;
   if(!OrderSend(q,g_res))
      Print("refused: ",g_res.retcode);
   return g_res.retcode;
  }
int OnInit()
  {
   Num(AccountInfoInteger(ACCOUNT_MARGIN_MODE),ACCOUNT_MARGIN_MODE_RETAIL_NETTING,"a netting account");
   Num(Deal(ORDER_TYPE_BUY,0.2),TRADE_RETCODE_DONE,"buy");
   ulong first=g_res.order;
   Num(Deal(ORDER_TYPE_BUY,0.1),TRADE_RETCODE_DONE,"add");
   Num(PositionsTotal(),1,"one position");
   Check(PositionSelect(_Symbol),"by its symbol");
   Near(PositionGetDouble(POSITION_VOLUME),0.3,"the sum");
   Num(Deal(ORDER_TYPE_SELL,0.1),TRADE_RETCODE_DONE,"reduce");
   Check(HistoryDealSelect(g_res.deal) && HistoryDealGetInteger(g_res.deal,DEAL_ENTRY)==DEAL_ENTRY_OUT,"entry out");
   Num(Deal(ORDER_TYPE_SELL,0.5),TRADE_RETCODE_DONE,"turn");
   Check(HistoryDealSelect(g_res.deal) && HistoryDealGetInteger(g_res.deal,DEAL_ENTRY)==DEAL_ENTRY_INOUT,"entry in/out");
   Near(HistoryDealGetDouble(g_res.deal,DEAL_VOLUME),0.5,"volume of the deal");
   Check(PositionSelect(_Symbol),"still one");
   Num(PositionGetInteger(POSITION_TYPE),POSITION_TYPE_SELL,"short now");
   Near(PositionGetDouble(POSITION_VOLUME),0.3,"with the rest");
   Num(PositionGetInteger(POSITION_TICKET),(long)g_res.order,"under the ticket of the order that turned it");
   Num(PositionGetInteger(POSITION_IDENTIFIER),(long)first,"and its old identifier");
   Check(HistorySelectByPosition((long)first),"history by identifier");
   Num(HistoryDealsTotal(),4,"all four deals");
   MqlTradeRequest q;
   ZeroMemory(q);
   q.action=TRADE_ACTION_CLOSE_BY;
   q.position=first;
   q.position_by=first;
   Check(!OrderSend(q,g_res) && g_res.retcode==TRADE_RETCODE_INVALID,"no close by here");
   Num(Deal(ORDER_TYPE_BUY,0.3),TRADE_RETCODE_DONE,"close");
   Num(PositionsTotal(),0,"none left");
   Summary("nettingtest");
   ExpertRemove();
   return g_fail==0 ? INIT_SUCCEEDED : INIT_FAILED;
  }
