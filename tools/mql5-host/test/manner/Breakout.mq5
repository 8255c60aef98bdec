//+------------------------------------------------------------------+
//| Breakout.mq5 - written as many public Expert Advisors are: it     |
//| trades the break of a range, trails its stop, keeps a journal as  |
//| CSV, reports by WebRequest and does what the answer says          |
//+------------------------------------------------------------------+
#property copyright "ngTradingBot"
#property version   "1.00"
#property strict

#define JOURNAL_FILE "breakout.csv"
#define PREFIX       "[breakout] "

enum ENUM_SIDE
  {
   SIDE_BOTH = 0, // both
   SIDE_UP   = 1, // up only
   SIDE_DOWN = 2  // down only
  };

input group           "Trading"
input ENUM_SIDE       InpSide      = SIDE_BOTH;  // which way
input int             InpLookback  = 20;         // bars of the range
input double          InpRisk      = 1.0;        // percent of the balance at risk
input int             InpStop      = 300;        // stop, points
input int             InpTrail     = 300;        // trailing stop, points
input int             InpMaxSpread = 50;         // points
input ulong           InpMagic     = 20250131;
input ENUM_TIMEFRAMES InpFrame     = PERIOD_M5;
input group           "Reporting"
input string          InpUrl       = "http://127.0.0.1:9911/report";
input int             InpEvery     = 50;         // milliseconds

struct SEntry
  {
   ulong             deal;
   datetime          time;
   string            what;
   double            volume;
   double            price;
   double            profit;
  };

//--- what has happened and was not reported yet
class CJournal
  {
private:
   SEntry            m_waiting[];
   int               m_sent;
   string            Line(const SEntry &entry) const;
public:
                     CJournal(void) : m_sent(0) { ArrayResize(m_waiting,0,16); }
   void              Add(const SEntry &entry);
   bool              Oldest(SEntry &entry) const;
   void              Done(void) { if(ArrayRemove(m_waiting,0,1)) m_sent++; }
   int               Waiting(void) const { return(ArraySize(m_waiting)); }
   int               Sent(void) const { return(m_sent); }
  };

string CJournal::Line(const SEntry &entry) const
  {
   return(StringFormat("%I64u;%s;%s;%.2f;%s;%.2f",entry.deal,TimeToString(entry.time,TIME_DATE|TIME_SECONDS),
                       entry.what,entry.volume,DoubleToString(entry.price,_Digits),entry.profit));
  }
void CJournal::Add(const SEntry &entry)
  {
   int size=ArraySize(m_waiting);
   if(ArrayResize(m_waiting,size+1,16)<0)
      return;
   m_waiting[size]=entry;
   int file=FileOpen(JOURNAL_FILE,FILE_READ|FILE_WRITE|FILE_TXT|FILE_ANSI,';',CP_UTF8);
   if(file==INVALID_HANDLE)
     {
      Print(PREFIX,"no journal, error ",GetLastError());
      return;
     }
   FileSeek(file,0,SEEK_END);
   FileWriteString(file,Line(entry)+"\r\n");
   FileClose(file);
  }
bool CJournal::Oldest(SEntry &entry) const
  {
   if(ArraySize(m_waiting)==0)
      return(false);
   entry=m_waiting[0];
   return(true);
  }

CJournal g_journal;
bool     g_paused=false;
string   g_state="";

void OnInit()
  {
   Print(PREFIX,"begins on ",_Symbol," ",EnumToString(InpFrame),", side ",EnumToString(InpSide));
   if(!EventSetMillisecondTimer(InpEvery))
      Print(PREFIX,"no timer");
  }
void OnDeinit(const int reason)
  {
   EventKillTimer();
   Comment("");
   PrintFormat("%sends (%d), %d reported, %d waiting",PREFIX,reason,g_journal.Sent(),g_journal.Waiting());
  }
void OnTick()
  {
   MqlTick tick;
   if(!SymbolInfoTick(_Symbol,tick))
      return;
   ulong ticket=OwnPosition();
   if(ticket!=0)
     {
      Trail(ticket,tick);
      return;
     }
   if(g_paused || tick.ask-tick.bid>InpMaxSpread*_Point)
      return;
   int top=iHighest(_Symbol,InpFrame,MODE_HIGH,InpLookback,1),bottom=iLowest(_Symbol,InpFrame,MODE_LOW,InpLookback,1);
   if(top<0 || bottom<0)
      return;
   double closes[];
   ArraySetAsSeries(closes,true);
   if(CopyClose(_Symbol,InpFrame,1,InpLookback,closes)!=InpLookback)
      return;
   double sum=0;
   for(int i=0; i<InpLookback; i++)
      sum+=closes[i];
   const double mean=sum/InpLookback;
   if(tick.bid>iHigh(_Symbol,InpFrame,top) && tick.bid>mean && InpSide!=SIDE_DOWN)
      Open(ORDER_TYPE_BUY,tick.ask,tick.bid-InpStop*_Point);
   else
      if(tick.bid<iLow(_Symbol,InpFrame,bottom) && tick.bid<mean && InpSide!=SIDE_UP)
         Open(ORDER_TYPE_SELL,tick.bid,tick.ask+InpStop*_Point);
  }
void OnTimer()
  {
   ShowState();
   SEntry entry;
   if(!g_journal.Oldest(entry))
     {
      Ask("{\"event\":\"alive\",\"balance\":"+DoubleToString(AccountInfoDouble(ACCOUNT_BALANCE),2)+"}");
      return;
     }
   string json=StringFormat("{\"event\":\"%s\",\"deal\":\"%I64u\",\"symbol\":\"%s\",\"volume\":%.2f,\"profit\":%.2f}",
                            entry.what,entry.deal,_Symbol,entry.volume,entry.profit);
   if(Ask(json))
      g_journal.Done();
  }
void OnTradeTransaction(const MqlTradeTransaction &trans,const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   if(trans.type!=TRADE_TRANSACTION_DEAL_ADD || !HistoryDealSelect(trans.deal))
      return;
   const ENUM_DEAL_TYPE type=(ENUM_DEAL_TYPE)HistoryDealGetInteger(trans.deal,DEAL_TYPE);
   if(type!=DEAL_TYPE_BUY && type!=DEAL_TYPE_SELL)
      return;
   SEntry entry;
   entry.deal=trans.deal;
   entry.time=(datetime)HistoryDealGetInteger(trans.deal,DEAL_TIME);
   entry.volume=HistoryDealGetDouble(trans.deal,DEAL_VOLUME);
   entry.price=HistoryDealGetDouble(trans.deal,DEAL_PRICE);
   entry.profit=HistoryDealGetDouble(trans.deal,DEAL_PROFIT);
   switch((int)HistoryDealGetInteger(trans.deal,DEAL_ENTRY))
     {
      case DEAL_ENTRY_IN:
         entry.what=type==DEAL_TYPE_BUY ? "buy" : "sell";
         break;
      case DEAL_ENTRY_OUT:
         entry.what=HistoryDealGetInteger(trans.deal,DEAL_REASON)==DEAL_REASON_SL ? "stopped" : "closed";
         entry.profit=ProfitOf(HistoryDealGetInteger(trans.deal,DEAL_POSITION_ID));
         break;
      default:
         entry.what="other";
     }
   g_journal.Add(entry);
  }
//--- all that a position has brought, over all of its deals
double ProfitOf(const long position)
  {
   double sum=0;
   if(!HistorySelectByPosition(position))
      return(0);
   for(int i=HistoryDealsTotal()-1; i>=0; i--)
     {
      ulong deal=HistoryDealGetTicket(i);
      sum+=HistoryDealGetDouble(deal,DEAL_PROFIT)+HistoryDealGetDouble(deal,DEAL_COMMISSION)+HistoryDealGetDouble(deal,DEAL_SWAP);
     }
   return(sum);
  }
ulong OwnPosition(void)
  {
   for(int i=PositionsTotal()-1; i>=0; i--)
     {
      ulong ticket=PositionGetTicket(i);
      if(ticket!=0 && PositionGetString(POSITION_SYMBOL)==_Symbol && (ulong)PositionGetInteger(POSITION_MAGIC)==InpMagic)
         return(ticket);
     }
   return(0);
  }
//--- so many lots that the stop costs the part of the balance that may be lost
double Lots(const double distance)
  {
   double tick_value=SymbolInfoDouble(_Symbol,SYMBOL_TRADE_TICK_VALUE),tick_size=SymbolInfoDouble(_Symbol,SYMBOL_TRADE_TICK_SIZE);
   double step=SymbolInfoDouble(_Symbol,SYMBOL_VOLUME_STEP),least=SymbolInfoDouble(_Symbol,SYMBOL_VOLUME_MIN);
   if(tick_value<=0 || tick_size<=0 || step<=0 || distance<=0)
      return(least);
   double money=AccountInfoDouble(ACCOUNT_BALANCE)*InpRisk/100.0;
   double lots=MathFloor(money/(distance/tick_size*tick_value)/step)*step;
   return(NormalizeDouble(MathMax(least,MathMin(lots,SymbolInfoDouble(_Symbol,SYMBOL_VOLUME_MAX))),2));
  }
bool Send(MqlTradeRequest &request)
  {
   MqlTradeResult result;
   ZeroMemory(result);
   request.symbol=_Symbol;
   request.magic=InpMagic;
   request.deviation=20;
   if(OrderSend(request,result) && (result.retcode==TRADE_RETCODE_DONE || result.retcode==TRADE_RETCODE_PLACED))
      return(true);
   PrintFormat("%s%s refused: %u %s",PREFIX,EnumToString(request.action),result.retcode,result.comment);
   return(false);
  }
void Open(const ENUM_ORDER_TYPE type,const double price,const double stop)
  {
   MqlTradeRequest request;
   ZeroMemory(request);
   request.action=TRADE_ACTION_DEAL;
   request.type=type;
   request.price=price;
   request.sl=NormalizeDouble(stop,_Digits);
   request.volume=Lots(MathAbs(price-stop));
   request.type_filling=(SymbolInfoInteger(_Symbol,SYMBOL_FILLING_MODE)&SYMBOL_FILLING_FOK)!=0 ? ORDER_FILLING_FOK : ORDER_FILLING_IOC;
   request.comment="breakout "+(type==ORDER_TYPE_BUY ? "up" : "down");
   if(Send(request))
      Print(PREFIX,"opens ",EnumToString(type)," ",request.volume);
  }
void Trail(const ulong ticket,const MqlTick &tick)
  {
   if(!PositionSelectByTicket(ticket))
      return;
   const bool up=PositionGetInteger(POSITION_TYPE)==POSITION_TYPE_BUY;
   const double stop=PositionGetDouble(POSITION_SL),wanted=NormalizeDouble(up ? tick.bid-InpTrail*_Point : tick.ask+InpTrail*_Point,_Digits);
   if(up ? wanted<stop+10*_Point : wanted>stop-10*_Point)
      return;
   MqlTradeRequest request= {};
   request.action=TRADE_ACTION_SLTP;
   request.position=ticket;
   request.sl=wanted;
   request.tp=PositionGetDouble(POSITION_TP);
   if(Send(request))
      Print(PREFIX,"trails to ",DoubleToString(wanted,_Digits));
  }
void CloseOwn(void)
  {
   ulong ticket=OwnPosition();
   if(ticket==0)
      return;
   MqlTradeRequest request= {};
   request.action=TRADE_ACTION_DEAL;
   request.position=ticket;
   request.volume=PositionGetDouble(POSITION_VOLUME);
   const bool up=PositionGetInteger(POSITION_TYPE)==POSITION_TYPE_BUY;
   request.type=up ? ORDER_TYPE_SELL : ORDER_TYPE_BUY;
   request.price=SymbolInfoDouble(_Symbol,up ? SYMBOL_BID : SYMBOL_ASK);
   if(!Send(request))
      Print(PREFIX,"stays open");
  }
bool Ask(const string json)
  {
   char body[],answer[];
   string headers="";
   int size=StringToCharArray(json,body,0,WHOLE_ARRAY,CP_UTF8)-1;
   if(ArrayResize(body,size)!=size)
      return(false);
   ResetLastError();
   int status=WebRequest("POST",InpUrl,"Content-Type: application/json\r\n",1000,body,answer,headers);
   if(status!=200)
     {
      static int told=0;
      if(told++<3)
         Print(PREFIX,"report failed: ",status,", error ",GetLastError());
      return(false);
     }
   Obey(CharArrayToString(answer,0,WHOLE_ARRAY,CP_UTF8));
   return(true);
  }
//--- "word|word|…"
void Obey(string text)
  {
   StringTrimRight(text);
   string words[];
   int count=StringSplit(text,'|',words);
   for(int i=0; i<count; i++)
     {
      StringToLower(words[i]);
      if(words[i]=="pause" || words[i]=="resume")
         g_paused=words[i]=="pause";
      else
         if(words[i]=="close")
            CloseOwn();
         else
            if(words[i]!="")
               Print(PREFIX,"does not know '",words[i],"'");
     }
   if(count>0 && text!="")
      Print(PREFIX,"obeys ",text);
  }
void ShowState(void)
  {
   MqlDateTime now;
   TimeToStruct(TimeTradeServer(),now);
   string state=StringFormat("%s %s, equity %.2f",g_paused ? "paused" : "trading",now.day_of_week==0 || now.day_of_week==6 ? "(weekend)" : "",AccountInfoDouble(ACCOUNT_EQUITY));
   if(state==g_state)
      return;
   g_state=state;
   Comment(state);
  }
//+------------------------------------------------------------------+
