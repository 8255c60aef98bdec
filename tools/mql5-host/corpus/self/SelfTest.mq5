//+------------------------------------------------------------------+
//| SelfTest.mq5 - the language, and a line for each function offered |
//| run: drive.mjs BIN --sandbox DIR --input InpName="from host"      |
//|      --input InpCount=7 --input InpTf=16388                       |
//+------------------------------------------------------------------+
#property copyright "ngTradingBot"
#property version   "1.00"
#include "Inc\\Check.mqh"
#include "Inc\\Columns.mqh"
#include "Inc\\Util.mqh"
#include "Inc\\Util.mqh"

input group "Main"
input string          InpName  = "x";   // name
input int             InpCount = 3;
input double          InpRatio = 0.5;
input ENUM_TIMEFRAMES InpTf    = PERIOD_H1;
input bool            InpFlag  = false;
input datetime        InpFrom  = D'2024.01.02 03:04';
input color           InpColor = clrRed;
input ulong           InpBig   = ULONG_MAX;

#define LIMIT 4
#define GREETING "hello \"q\" \x41"
#define SQR(x) ((x)*(x))
#ifdef __MQL5__
#define IS5 true
#else
   this would not compile
#endif

enum ENUM_STATE { STATE_IDLE, STATE_BUSY = 10, STATE_DONE };
struct Point3 { double x; double y; string tag; int hist[LIMIT]; };
struct Plain { int a; double b; };
class CCounter
  {
private:
   int               m_n;
   static int        s_total;
   string            m_log[];
public:
                     CCounter(void) : m_n(0) {}
                     CCounter(const int start) : m_n(start) {}
                    ~CCounter(void) {}
   virtual void      Add(const int d=1) { m_n+=d; s_total+=d; int n=ArraySize(m_log); ArrayResize(m_log,n+1); m_log[n]=IntegerToString(d); }
   int               Get(void) const { return(m_n); }
   int               Logs(void) const { return ArraySize(m_log); }
   int               Late(void);
   static int        Total(void) { return s_total; }
  };
int CCounter::s_total=0;
int CCounter::Late(void) { return Helper(m_n); }
class CDouble : public CCounter
  {
public:
   virtual void      Add(const int d=1) override { CCounter::Add(2*d); }
  };
typedef int (*TBinary)(int,int);

double g_grid[][3];
string g_names[],g_one="1",g_fixed[2];
int    g_timer=0,g_chart=0,g_tick=0;

void TestLanguage()
  {
   Num(Later(2),5,"a function before its definition");
   Num(StringLen("äöü€"),4,"length in UTF-16");
   Check(StringGetCharacter("A",0)=='A',"character literal");
   Eq(GREETING,"hello \"q\" A","escapes in a macro");
   Eq((string)1.5,"1.5","double to string");
   Eq((string)true,"true","bool to string");
   Eq(string(200.0),"200.0","a whole double");
   Eq((string)0.1,"0.1","shortest double");
   Eq(TimeToString(InpFrom,TIME_DATE|TIME_SECONDS),"2024.01.02 03:04:00","datetime literal");
   Num((long)D'1970.01.02',86400,"a date");
   Num((int)"12"+1,13,"string to int");
   Near((double)"1.5",1.5,"string to double");
   color c=C'255,0,16';
   Num((uint)c,0x1000FF,"colour literal");
   Num((uint)InpColor,0x0000FF,"colour input");
   Num(SQR(3),9,"macro");
   Check(IS5 && InpCount==7 && InpName=="from host" && InpTf==PERIOD_H4,"inputs are the host's");
   Check(InpBig==ULONG_MAX && InpRatio==0.5,"inputs that keep their default");
   Eq(EnumToString(InpTf),"PERIOD_H4","EnumToString");
   Eq(EnumToString(STATE_BUSY),"STATE_BUSY","EnumToString of an own enum");
   Point3 p;
   ZeroMemory(p);
   p.tag="t";
   p.hist[1]=5;
   Point3 q;
   q=p;
   Check(q.hist[1]==5 && q.tag=="t","struct copy");
   Point3 pts[];
   ArrayResize(pts,2);
   pts[1]=p;
   Num(pts[1].hist[1],5,"array of struct");
   char neg=(char)200;
   Check(neg<0,"char is signed");
   CCounter k(5);
   k.Add();
   k.Add(4);
   Check(k.Get()==10 && k.Logs()==2 && k.Late()==20,"class");
   CDouble d;
   d.Add(3);
   Check(d.Get()==6 && CCounter::Total()==11,"virtual and static");
   TBinary f=AddTwo;
   Num(f(2,3),5,"function pointer");
   Check(MaxOf(3,8)==8 && MaxOf(2.5,1.5)==2.5,"template");
   Num(UtilTwice(4),8,"include");
   static int calls=0;
   calls++;
   Num(calls,1,"static local");
   Eq(__FUNCTION__,"TestLanguage","__FUNCTION__");
   Check(__LINE__>50,"__LINE__");
   string nothing=NULL;
   Check(nothing==NULL && StringLen(nothing)==0,"NULL string");
   string empty="";
   Check(empty!=NULL && empty=="","an empty string is not NULL");
   ENUM_ORDER_TYPE wrong=WRONG_VALUE;
   Check(wrong==WRONG_VALUE && (int)wrong==-1,"WRONG_VALUE");
   Check(_Symbol==Symbol() && _Digits==Digits() && _Point==Point() && _Period==Period(),"predefined variables");
   Check(!_StopFlag && !IsStopped() && _UninitReason==UninitializeReason(),"stop flag and reason");
   switch(STATE_DONE)
     {
      case STATE_IDLE:
         Check(false,"switch");
         break;
      default:
         Check(true,"switch");
         break;
     }
  }
void TestFormat()
  {
   Eq(StringFormat("%d|%5.2f|%s|%I64u|%05d|%-4s|%x",7,3.14159,"s",ULONG_MAX,42,"ab",255),"7| 3.14|s|18446744073709551615|00042|ab  |ff","StringFormat");
   Eq(StringFormat("%I64d %+d %e %g %%",LONG_MIN,3,1.5,0.25),"-9223372036854775808 +3 1.500000e+00 0.25 %","more of it");
   Eq(StringFormat("%5s|%.2s|%c","ü€","abc",65),"   ü€|ab|A","widths count characters");
   Eq(DoubleToString(1.23456,3),"1.235","DoubleToString");
   Eq(DoubleToString(2.5),"2.50000000","DoubleToString by default");
   Eq(IntegerToString(7,3,'0'),"007","IntegerToString");
   Eq(TimeToString(D'2024.02.29 23:59:58'),"2024.02.29 23:59","TimeToString");
   Eq(TimeToString(D'2024.02.29 23:59:58',TIME_SECONDS),"23:59:58","TimeToString of the clock");
   Num((long)StringToTime("2024.02.29 23:59:58"),(long)D'2024.02.29 23:59:58',"StringToTime");
   Num(StringToInteger(" -12x"),-12,"StringToInteger");
   Near(StringToDouble("1e-3"),0.001,"StringToDouble");
   Near(NormalizeDouble(1.234567,4),1.2346,"NormalizeDouble");
   Eq(ColorToString(C'1,2,3'),"1,2,3","ColorToString");
   Num((uint)StringToColor("1,2,3"),0x030201,"StringToColor");
   Num((long)ColorToARGB(C'1,2,3',255),0xFF010203,"ColorToARGB");
   Check(CharToString('A')=="A" && ShortToString(0x20AC)=="€","CharToString, ShortToString");
   PrintFormat("%s","PrintFormat");
   printf("%s","printf");
  }
void TestStrings()
  {
   string s="a";
   s+="b";
   Check(StringAdd(s,"c") && s=="abc","StringAdd");
   Num(StringReplace(s,"b","XX"),1,"StringReplace");
   Eq(s,"aXXc","its result");
   string t="  x ";
   Check(StringTrimLeft(t)==2 && StringTrimRight(t)==1 && t=="x","trimming");
   Eq(StringSubstr("abcdef",2,3),"cde","StringSubstr");
   Eq(StringSubstr("abc",1),"bc","to the end");
   Check(StringFind("abc","c")==2 && StringFind("abc","z")==-1 && StringFind("abab","b",2)==3,"StringFind");
   string parts[];
   Check(StringSplit("a,b,,c",',',parts)==4 && parts[2]=="" && parts[3]=="c","StringSplit");
   Check(StringSetCharacter(t,0,'y') && t=="y","StringSetCharacter");
   string u="ÄÖж";
   Check(StringToLower(u) && u=="äöж" && StringToUpper(u) && u=="ÄÖЖ","case of Latin and Cyrillic");
   Check(StringCompare("a","b")<0 && StringCompare("A","a",false)==0,"StringCompare");
   Check(StringInit(u,3,'z') && u=="zzz" && StringFill(u,'q') && u=="qqq","StringInit, StringFill");
   Check(StringSetLength(u,2) && StringLen(u)==2 && StringReserve(u,100) && StringBufferLen(u)>=2,"lengths");
   Num(StringConcatenate(u,"n=",5," ",true),8,"StringConcatenate");
   Eq(u,"n=5 true","its result");
   ushort w[];
   Check(StringToShortArray("ab",w)==3 && ShortArrayToString(w)=="ab","short arrays");
   uchar b[];
   Check(StringToCharArray("äb",b,0,WHOLE_ARRAY,CP_UTF8)==4 && b[3]==0,"UTF-8 with its terminator");
   Eq(CharArrayToString(b,0,WHOLE_ARRAY,CP_UTF8),"äb","and back");
   char sc[];
   Check(StringToCharArray("abc",sc,0,3)==3 && ArraySize(sc)==3,"with a count no terminator");
   ResetLastError();
   Check(StringGetCharacter("a",5)==0 && GetLastError()==ERR_STRINGPOS_OUTOFRANGE,"a position outside");
  }
void TestArrays()
  {
   double a[];
   Num(ArrayResize(a,3),3,"ArrayResize");
   Check(a[1]<-1.0e60,"grown elements are not zero");
   ArrayInitialize(a,1.5);
   a[2]=9;
   Check(ArraySetAsSeries(a,true) && ArrayGetAsSeries(a) && ArrayIsSeries(a) && a[0]==9,"as series");
   ArraySetAsSeries(a,false);
   int fx[5]={1,2,3};
   Check(fx[2]==3 && fx[4]==0 && ArraySize(fx)==5,"fixed array");
   Num(Sum(fx),6,"passed as a dynamic one");
   ArrayResize(g_grid,2);
   g_grid[1][2]=7;
   Check(ArraySize(g_grid)==6 && ArrayRange(g_grid,1)==3 && g_grid[1][2]==7,"two dimensions");
   int fi[]={1,2,3};
   Check(!ArrayIsDynamic(fi) && ArrayResize(fi,5)==-1 && ArrayResize(fi,2)==2,"an initialised array is fixed");
   int v[];
   ArrayResize(v,4);
   ArrayFill(v,0,4,8);
   v[1]=3;
   v[2]=11;
   Check(ArrayMaximum(v)==2 && ArrayMinimum(v)==1,"extremes");
   Check(ArraySort(v) && v[0]==3 && v[3]==11 && ArrayBsearch(v,8)==2,"sort and search");
   Check(ArrayReverse(v) && v[0]==11 && ArrayRemove(v,0,1) && ArraySize(v)==3,"reverse and remove");
   int w[];
   Check(ArrayCopy(w,v)==3 && ArrayCompare(v,w)==0 && ArrayInsert(w,fi,1) && ArraySize(w)==6,"copy, compare, insert");
   Check(ArraySwap(v,w) && ArraySize(v)==6,"swap");
   ArrayPrint(v);
   ArrayFree(v);
   Check(ArraySize(v)==0 && w.Size()==3 && w.Resize(1)==1,"free, and methods");
   Plain p,q;
   p.a=4;
   p.b=2.5;
   uchar raw[];
   ZeroMemory(q);
   Check(StructToCharArray(p,raw) && CharArrayToStruct(q,raw) && q.a==4 && q.b==2.5,"structures as bytes");
   uchar src[],key[],out[],back[];
   StringToCharArray("abc",src,0,3);
   Check(CryptEncode(CRYPT_HASH_SHA256,src,key,out)==32 && out[0]==0xba && out[31]==0xad,"SHA-256");
   Check(CryptEncode(CRYPT_HASH_SHA1,src,key,out)==20 && out[0]==0xa9,"SHA-1");
   Check(CryptEncode(CRYPT_HASH_MD5,src,key,out)==16 && out[0]==0x90 && out[15]==0x72,"MD5");
   Check(CryptEncode(CRYPT_BASE64,src,key,out)==4 && CharArrayToString(out)=="YWJj","base64");
   Check(CryptDecode(CRYPT_BASE64,out,key,back)==3 && back[2]=='c',"and back");
   if(CryptEncode(CRYPT_ARCH_ZIP,src,key,out)>0)
      Check(CryptDecode(CRYPT_ARCH_ZIP,out,key,back)==3 && back[0]=='a',"zip and back");
  }
void TestMath()
  {
   Check(MathAbs(-3)==3 && MathMax(2,3)==3 && MathMin(2.5,3)==2.5 && fmax(1,2)==2 && fmin(1,2)==1,"abs, max, min");
   Check(MathRound(2.5)==3 && MathCeil(2.1)==3 && MathFloor(2.9)==2 && MathMod(7,4)==3,"rounding");
   Check(MathSqrt(9)==3 && MathPow(2,10)==1024 && MathExp(0)==1 && MathLog(1)==0 && MathLog10(1000)==3,"powers");
   Check(MathSin(0)==0 && MathCos(0)==1 && MathTan(0)==0 && MathArctan(0)==0 && MathArcsin(0)==0,"angles");
   Check(MathIsValidNumber(1.0) && MathSwap((ushort)0x1234)==0x3412 && MathSwap((uint)1)==0x01000000,"validity, swap");
   MathSrand(7);
   int first=MathRand();
   MathSrand(7);
   Check(MathRand()==first && first>=0 && first<=32767,"MathRand repeats");
  }
void TestTime()
  {
   MqlDateTime m;
   Check(TimeToStruct(D'2024.02.29 01:02:03',m) && m.year==2024 && m.mon==2 && m.day==29 && m.day_of_week==4 && m.day_of_year==59,"TimeToStruct");
   Num((long)StructToTime(m),(long)D'2024.02.29 01:02:03',"StructToTime");
   Check(TimeTradeServer()-TimeGMT()==10800 && TimeLocal()-TimeGMT()==7200 && TimeGMTOffset()==-7200,"zones");
   Check(TimeCurrent()>0 && TimeCurrent()<=TimeTradeServer() && TimeDaylightSavings()==0,"TimeCurrent");
   Check(TimeCurrent(m)>0 && TimeLocal(m)>0 && TimeGMT(m)>0 && TimeTradeServer(m)>0,"with structures");
   ulong t=GetTickCount64(),us=GetMicrosecondCount();
   datetime gmt=TimeGMT();
   Do("clock jump 3600000");
   for(int i=0; i<100 && TimeGMT()-gmt<3600; i++)
      Sleep(10);
   Check(TimeGMT()-gmt>=3600 && GetTickCount64()-t<2000 && GetTickCount()>0,"the PC's clock jumps, the tick count does not");
   Check(GetMicrosecondCount()>us && TimeTradeServer()-TimeGMT()==10800,"nor the microseconds");
   Do("clock jump -3600000");
   Sleep(100);
  }
void TestMarket()
  {
   Check(AccountInfoInteger(ACCOUNT_LOGIN)==12345678 && AccountInfoInteger(ACCOUNT_LEVERAGE)==100,"account");
   Check(AccountInfoDouble(ACCOUNT_BALANCE)==10000 && AccountInfoDouble(ACCOUNT_EQUITY)==10000 && AccountInfoDouble(ACCOUNT_MARGIN_FREE)==10000,"money");
   Check(AccountInfoString(ACCOUNT_CURRENCY)=="USD" && StringFind(AccountInfoString(ACCOUNT_NAME),"\"")>0,"names");
   Check((bool)AccountInfoInteger(ACCOUNT_TRADE_ALLOWED) && (bool)AccountInfoInteger(ACCOUNT_TRADE_EXPERT),"permissions");
   Check(SymbolsTotal(true)>=5 && SymbolName(0,true)=="EURUSD" && SymbolSelect("GBPUSD",true),"symbols");
   bool custom=true;
   Check(SymbolExist("EURUSD",custom) && !custom && !SymbolExist("NONE",custom) && SymbolIsSynchronized("EURUSD"),"existence");
   double bid=0;
   long digits=0;
   string base="";
   Check(SymbolInfoDouble(_Symbol,SYMBOL_BID,bid) && bid>0 && SymbolInfoInteger(_Symbol,SYMBOL_DIGITS,digits) && digits==5,"properties");
   Check(SymbolInfoString(_Symbol,SYMBOL_CURRENCY_BASE,base) && base=="EUR" && SymbolInfoString(_Symbol,SYMBOL_CURRENCY_PROFIT)=="USD","strings");
   ResetLastError();
   Check(SymbolInfoDouble("NONE",SYMBOL_BID)==0 && GetLastError()==ERR_MARKET_UNKNOWN_SYMBOL,"an unknown one");
   Near(SymbolInfoDouble("EURUSD",SYMBOL_TRADE_TICK_VALUE),1,"tick value");
   Check(SymbolInfoDouble("USDJPY",SYMBOL_TRADE_TICK_VALUE)<1,"tick value in another currency");
   MqlTick t;
   Check(SymbolInfoTick(_Symbol,t) && t.ask>t.bid && t.time_msc/1000==(long)t.time,"SymbolInfoTick");
   datetime from=0,to=0;
   Check(SymbolInfoSessionTrade(_Symbol,MONDAY,0,from,to) && to==86400 && !SymbolInfoSessionQuote(_Symbol,MONDAY,1,from,to),"sessions");
   MqlTick ticks[];
   int got=CopyTicks(_Symbol,ticks,COPY_TICKS_ALL,0,10);
   Check(got>=1 && ticks[0].bid>0,"CopyTicks");
   Check(CopyTicksRange(_Symbol,ticks,COPY_TICKS_INFO,(ulong)ticks[got-1].time_msc)>=1,"CopyTicksRange");
   Check(CopyTicks("NONE",ticks)==-1,"ticks of an unknown symbol");
   MqlRates r[];
   Check(CopyRates(_Symbol,PERIOD_M1,0,10,r)==10 && r[9].time>r[0].time && r[0].high>=r[0].low,"CopyRates by number");
   Check(CopyRates(_Symbol,PERIOD_H1,TimeCurrent(),5,r)==5,"from a time");
   Check(CopyRates(_Symbol,PERIOD_H1,(datetime)(TimeCurrent()-7200),TimeCurrent(),r)>=1,"between times");
   Check(iTime(_Symbol,PERIOD_H1,0)<=TimeCurrent() && iBarShift(_Symbol,PERIOD_H1,iTime(_Symbol,PERIOD_H1,3))==3,"iTime, iBarShift");
   Check(iHigh(_Symbol,PERIOD_H1,1)>=iLow(_Symbol,PERIOD_H1,1) && iOpen(_Symbol,PERIOD_H1,1)>0 && iClose(_Symbol,PERIOD_H1,1)>0 && iVolume(_Symbol,PERIOD_H1,1)>0,"a bar");
   TestColumns();
   Check(Bars(_Symbol,PERIOD_M1)>0 && iBars(_Symbol,PERIOD_M1)>0 && PeriodSeconds(PERIOD_H4)==14400,"bars");
   Check(SeriesInfoInteger(_Symbol,PERIOD_M1,SERIES_SYNCHRONIZED)==1,"SeriesInfoInteger");
   Check(PositionsTotal()==0 && OrdersTotal()==0 && PositionGetTicket(0)==0 && OrderGetTicket(0)==0 && !PositionSelect(_Symbol) && !OrderSelect(1),"nothing is open");
   Check(HistorySelect(0,TimeTradeServer()+60) && HistoryDealsTotal()==1 && HistoryOrdersTotal()==0,"history");
   ulong deal=HistoryDealGetTicket(0);
   Check(HistoryDealGetInteger(deal,DEAL_TYPE)==DEAL_TYPE_BALANCE && HistoryDealGetDouble(deal,DEAL_PROFIT)==10000 && HistoryDealGetString(deal,DEAL_COMMENT)=="initial deposit","the deposit");
   Check(HistoryOrderGetTicket(0)==0 && !HistoryOrderSelect(1) && !HistoryDealSelect(1) && HistorySelectByPosition(1),"what is not there");
  }
void TestTerminal()
  {
   Check((bool)TerminalInfoInteger(TERMINAL_CONNECTED) && (bool)TerminalInfoInteger(TERMINAL_TRADE_ALLOWED) && TerminalInfoInteger(TERMINAL_BUILD)>4000,"TerminalInfoInteger");
   Check(StringLen(TerminalInfoString(TERMINAL_DATA_PATH))>0 && TerminalInfoDouble(TERMINAL_RETRANSMISSION)==0,"TerminalInfoString");
   Check((bool)MQLInfoInteger(MQL_TRADE_ALLOWED) && MQLInfoInteger(MQL_PROGRAM_TYPE)==PROGRAM_EXPERT && !(bool)MQLInfoInteger(MQL_TESTER),"MQLInfoInteger");
   Check(MQLInfoString(MQL_PROGRAM_NAME)=="ea","MQLInfoString");
   Check(ChartID()>0 && ChartSymbol()==_Symbol && ChartPeriod()==PERIOD_M1 && ChartGetInteger(0,CHART_WIDTH_IN_PIXELS)>0,"chart");
   Check(ChartSetInteger(0,CHART_SHOW,false) && ChartFirst()==1 && ChartNext(1)==-1,"chart settings");
   Check(ObjectCreate(0,"panel.a",OBJ_LABEL,0,0,0) && ObjectFind(0,"panel.a")==0 && ObjectsTotal(0)==1,"an object");
   Check(ObjectSetString(0,"panel.a",OBJPROP_TEXT,"ok ü") && ObjectGetString(0,"panel.a",OBJPROP_TEXT)=="ok ü","its text");
   Check(ObjectSetInteger(0,"panel.a",OBJPROP_COLOR,clrRed) && ObjectGetInteger(0,"panel.a",OBJPROP_COLOR)==0xFF,"its colour");
   Check((int)clrAliceBlue==0xFFF8F0 && (int)clrFireBrick==0x2222B2 && clrNONE!=clrBlack,"web colours");
   Check(ObjectSetDouble(0,"panel.a",OBJPROP_ANGLE,90) && ObjectGetDouble(0,"panel.a",OBJPROP_ANGLE)==90 && ObjectName(0,0)=="panel.a","its angle");
   Check(!ObjectSetInteger(0,"none",OBJPROP_COLOR,0) && GetLastError()==ERR_OBJECT_NOT_FOUND,"an unknown one");
   Check(ObjectCreate(0,"panel.b",OBJ_RECTANGLE_LABEL,0,0,0) && ObjectDelete(0,"panel.b") && ObjectsDeleteAll(0,"panel.")==1,"deleted");
   ChartRedraw();
   Comment("comment ",1);
   Alert("alert");
   Check(SendNotification("note") && PlaySound("ok.wav") && MessageBox("box","head")==1 && SendMail("s","t"),"messages");
   SetUserError(5);
   Num(GetLastError(),ERR_USER_ERROR_FIRST+5,"SetUserError");
   ResetLastError();
   Num(_LastError,0,"_LastError");
   CCounter c;
   Check(CheckPointer(GetPointer(c))!=POINTER_INVALID,"pointers");
   Check(!EventSetMillisecondTimer(0) && EventSetTimer(60),"timers");
   EventKillTimer();
  }
int OnInit()
  {
   TestLanguage();
   TestFormat();
   TestStrings();
   TestArrays();
   TestMath();
   TestTime();
   TestMarket();
   TestTerminal();
   Check(EventSetMillisecondTimer(20) && EventChartCustom(0,7,8,9.5,"s"),"events");
   return INIT_SUCCEEDED;
  }
void OnTick() { g_tick++; }
void OnChartEvent(const int id,const long &l,const double &d,const string &s)
  {
   if(id==CHARTEVENT_CUSTOM+7 && l==8 && d==9.5 && s=="s")
      g_chart++;
  }
void OnTimer()
  {
   if(++g_timer<20)
      return;
   Num(g_chart,1,"the custom event came once");
   Check(g_tick>0,"ticks came");
   Summary("selftest");
   ExpertRemove();
  }
int Sum(const int &v[])
  {
   int s=0;
   for(int i=0; i<ArraySize(v); i++)
      s+=v[i];
   return s;
  }
int Later(const int x,const int y=3) { return x+y; }
int Helper(int x) { return x*2; }
int AddTwo(int a,int b) { return a+b; }
template<typename T> T MaxOf(T a,T b) { return a>b ? a : b; }
void OnDeinit(const int reason)
  {
   if(InpFlag)
      EventKillTimer();
   Print("bye ",reason);
  }
//+------------------------------------------------------------------+
