//+------------------------------------------------------------------+
//| RestartTest.mq5 - the terminal is killed four times; the account, |
//| and what was flushed, is there afterwards                         |
//| run: RESTARTS=4 drive.mjs BIN --no-feed --broker FILE --sandbox D |
//+------------------------------------------------------------------+
#property version "1.00"
#include "Inc\\Check.mqh"

MqlTradeResult g_res;

int ReadPhase()
  {
   if(!FileIsExist("phase.txt"))
      return 0;
   int h=FileOpen("phase.txt",FILE_READ|FILE_TXT|FILE_ANSI);
   if(h==INVALID_HANDLE)
      return 0;
   int phase=(int)StringToInteger(FileReadString(h));
   FileClose(h);
   return phase;
  }
void NextPhase(const int phase)
  {
   int h=FileOpen("phase.txt",FILE_WRITE|FILE_TXT|FILE_ANSI);
   if(h==INVALID_HANDLE)
      return;
   FileWriteString(h,IntegerToString(phase+1));
   FileFlush(h);
   FileClose(h);
   Print("restarttest phase=",phase," pass=",g_pass," fail=",g_fail);
  }
int Append(const string name,const string text,const bool flush)
  {
   int h=FileOpen(name,FILE_READ|FILE_WRITE|FILE_TXT|FILE_ANSI);
   FileSeek(h,0,SEEK_END);
   FileWriteString(h,text);
   if(flush)
      FileFlush(h);
   return h;
  }
string ReadAll(const string name)
  {
   int h=FileOpen(name,FILE_READ|FILE_TXT|FILE_ANSI);
   if(h==INVALID_HANDLE)
      return "(none)";
   string s=FileReadString(h);
   FileClose(h);
   return s;
  }
uint Buy(const ulong magic)
  {
   MqlTradeRequest q;
   ZeroMemory(q);
   q.action=TRADE_ACTION_DEAL;
   q.symbol=_Symbol;
   q.volume=0.1;
   q.magic=magic;
   q.comment="phase \"ü\" €";
   q.type_filling=ORDER_FILLING_FOK;
   if(!OrderSend(q,g_res))
      Print("refused ",g_res.retcode);
   return g_res.retcode;
  }
bool WaitMagic(const long magic)
  {
   for(int n=0; n<100; n++)
     {
      for(int i=0; i<PositionsTotal(); i++)
         if(PositionGetTicket(i)>0 && PositionGetInteger(POSITION_MAGIC)==magic)
            return true;
      Sleep(20);
     }
   return false;
  }
void DieAt(const string rule)
  {
   Do("die-at "+rule);
   Sleep(300);
  }
void Phase0()
  {
   int kept=Append("kept.txt","kept",true);
   int lost=Append("kept.txt2","lost",false);
   GlobalVariableSet("restart.kept",41);
   GlobalVariablesFlush();
   GlobalVariableSet("restart.lost",42);
   Check(kept!=INVALID_HANDLE && lost!=INVALID_HANDLE,"both open");
   DieAt("OrderSend:sent 1");
   NextPhase(0);
   Num(Buy(1),TRADE_RETCODE_DONE,"never reached");
  }
void Phase1()
  {
   Eq(ReadAll("kept.txt"),"kept","what was flushed is there");
   Eq(ReadAll("kept.txt2"),"","what was not is lost");
   Check(GlobalVariableCheck("restart.kept") && !GlobalVariableCheck("restart.lost"),"globals likewise");
   Check(WaitMagic(1),"a request that was sent is executed although the terminal died");
   Eq(PositionGetString(POSITION_COMMENT),"phase \"ü\" €","its comment in Unicode");
   Do("torn on");
   int h=Append("torn.txt","first",true);
   FileWriteString(h,"0123456789");
   DieAt("OrderSend:after 1");
   NextPhase(1);
   Num(Buy(2),TRADE_RETCODE_DONE,"never reached");
  }
void Phase2()
  {
   Eq(ReadAll("torn.txt"),"first01234","a write torn in the middle");
   Check(WaitMagic(2),"executed, and the terminal was never told");
   Num(PositionsTotal(),2,"two positions");
   Check(HistorySelect(0,TimeTradeServer()+100) && HistoryDealsTotal()==3,"deposit and two deals");
   ulong newest=HistoryDealGetTicket(2);
   MqlTradeRequest q;
   ZeroMemory(q);
   q.action=TRADE_ACTION_PENDING;
   q.symbol=_Symbol;
   q.type=ORDER_TYPE_BUY_LIMIT;
   q.volume=0.1;
   q.price=1.0;
   q.magic=3;
   Check(OrderSend(q,g_res),"a pending order");
   Check(g_res.order>newest,"tickets go on");
   int h=FileOpen("move.new",FILE_WRITE|FILE_TXT|FILE_ANSI);
   FileWriteString(h,"moved");
   FileClose(h);
   DieAt("FileMove:before 1");
   NextPhase(2);
   Check(FileMove("move.new",0,"move.txt",FILE_REWRITE),"never reached");
  }
void Phase3()
  {
   Check(FileIsExist("move.new") && !FileIsExist("move.txt"),"died before the move");
   Num(OrdersTotal(),1,"the pending order is there");
   Check(OrderGetTicket(0)>0 && OrderGetInteger(ORDER_MAGIC)==3,"with its magic");
   MqlTick t[];
   Check(CopyTicks(_Symbol,t,COPY_TICKS_ALL,0,10)>=1,"ticks from before");
   Check(AccountInfoDouble(ACCOUNT_BALANCE)<10000,"commission stays paid");
   DieAt("any 3");
   NextPhase(3);
   Check(FileMove("move.new",0,"move.txt",FILE_REWRITE),"the move");
   Check(false,"never reached");
  }
int OnInit()
  {
   switch(ReadPhase())
     {
      case 0:
         Phase0();
         break;
      case 1:
         Phase1();
         break;
      case 2:
         Phase2();
         break;
      case 3:
         Phase3();
         break;
      default:
         Check(FileIsExist("phase.txt"),"still here");
         Num(PositionsTotal(),2,"two positions at the end");
         Summary("restarttest");
         ExpertRemove();
         break;
     }
   return INIT_SUCCEEDED;
  }
