// The wide program: functions, loops, the preprocessor, files and the terminal.
import type { Kind } from './piece.ts'

const functions: Kind = (random, n) => {
  const [a, b] = [random.int(1, 99), random.int(1, 99)]
  return {
    top: `typedef int (*TBinary${n})(int,int);\nint Announced${n}(const int x);`,
    after: `
int Add${n}(int a,int b) { return(a+b); }
int Multiply${n}(int a,int b) { return(a*b); }
int WithDefaults${n}(const int a,const int b=${b},const string text="x") { return(a+b+StringLen(text)); }
int Announced${n}(const int x) { return(x<=1 ? 1 : x*Announced${n}(x-1)); }
int Apply${n}(TBinary${n} function,const int a,const int b) { return(function(a,b)); }
string Overloaded${n}(const int x) { return("int"+(string)x); }
string Overloaded${n}(const string x) { return("string"+x); }
string Overloaded${n}(const int &x[]) { return("array"+(string)ArraySize(x)); }
bool Results${n}(const int value,int &twice,string &text)
  {
   twice=2*value;
   text=(string)value;
   return(value>0);
  }`,
    body: `
   Check(WithDefaults${n}(${a})==${a + b + 1} && WithDefaults${n}(${a},1,"abc")==${a + 4},"defaults ${n}");
   Check(Announced${n}(5)==120,"recursion ${n}");
   TBinary${n} function=Add${n};
   Check(function(${a},${b})==${a + b},"function pointer ${n}");
   Check(Apply${n}(Multiply${n},${a},${b})==${a * b},"as argument ${n}");
   int list[3]={1,2,3};
   Eq(Overloaded${n}(7)+Overloaded${n}("y")+Overloaded${n}(list),"int7stringyarray3","overloads ${n}");
   int twice=0;
   string text="";
   Check(Results${n}(${a},twice,text) && twice==${2 * a} && text=="${a}","results ${n}");`,
  }
}

const loops: Kind = (random, n) => {
  const top = random.int(5, 30)
  let evens = 0
  for (let i = 0; i < top; i += 2) evens += i
  return {
    body: `
   int evens=0;
   for(int i=0; i<${top}; i++)
     {
      if(i%2==1)
         continue;
      evens+=i;
     }
   Check(evens==${evens},"for ${n}");
   int turns=0;
   for(int i=0,j=${top}; i<j; i++,j--)
      turns++;
   Check(turns==${Math.ceil(top / 2)},"two counters ${n}");
   int down=${top};
   while(true)
     {
      down--;
      if(down<3)
         break;
     }
   Check(down==2,"while ${n}");
   do
     {
      down++;
     }
   while(down<10);
   Check(down==10,"do ${n}");
   int found=-1;
   for(int i=0; i<5 && found<0; i++)
      for(int j=0; j<5; j++)
         if(i*j==6)
           {
            found=i*10+j;
            break;
           }
   Check(found==23,"nested ${n}");`,
  }
}

const switches: Kind = (random, n) => {
  const value = random.int(0, 6)
  const words = ['zero', 'few', 'few', 'few', 'many', 'many', 'many']
  return {
    after: `
string Word${n}(const int count)
  {
   string word="many";
   switch(count)
     {
      case 0:
         word="zero";
         break;
      case 1:
      case 2:
      case 3:
        {
         string inner="few";
         word=inner;
         break;
        }
      default:
         if(count<0)
            return("none");
         break;
     }
   return(word);
  }`,
    body: `
   Eq(Word${n}(${value}),"${words[value]}","switch ${n}");
   Eq(Word${n}(-1),"none","default ${n}");`,
  }
}

const macros: Kind = (random, n) => {
  const limit = random.int(3, 40)
  return {
    top: `
#define LIMIT${n} ${limit}
#define TITLE${n} "title \\"${n}\\""
#define SQUARE${n}(x) ((x)*(x))
#define LONG_ONE${n}(a,b) \\
   ((a)+ \\
    (b))
#ifdef __MQL5__
int g_branch${n}=1;
#else
this is never read, and need not be MQL5
#endif
#ifndef NEVER_DEFINED${n}
   #define CHOSEN${n} D'2020.01.01'
#endif
int g_sized${n}[LIMIT${n}];`,
    body: `
   Check(ArraySize(g_sized${n})==LIMIT${n} && g_branch${n}==1,"constant ${n}");
   Eq(TITLE${n},"title \\"${n}\\"","text ${n}");
   Check(SQUARE${n}(1+2)==9 && LONG_ONE${n}(1,2)==3,"with parameters ${n}");
   Check((long)CHOSEN${n}==1577836800,"literal ${n}");`,
  }
}

const statics: Kind = (random, n) => ({
  top: `input int InpCount${n}=${random.int(1, 9)};\nsinput string InpText${n}="text ${n}";\ninput double InpRatio${n}=0.5;\nconst int CONSTANT${n}=${n};`,
  after: `
int Counter${n}(void)
  {
   static int calls=0;
   static int history[4];
   if(calls<4)
      history[calls]=calls+1;
   calls++;
   return(calls+history[0]);
  }`,
  body: `
   Check(Counter${n}()==2 && Counter${n}()==3,"static ${n}");
   Check(InpCount${n}>0 && InpText${n}=="text ${n}" && InpRatio${n}>0.4,"inputs ${n}");
   Check(CONSTANT${n}==${n},"constant ${n}");
   Check(__LINE__>1,"line ${n}");
   Check(StringFind(__FUNCTION__,"Test")==0,"function ${n}");
   Check(StringLen(__FILE__)>0 && StringLen(_Symbol)>0 && _Digits>0 && _Point>0,"predefined ${n}");
   ResetLastError();
   Check(GetLastError()==0 && !IsStopped(),"state ${n}");`,
})

const files: Kind = (random, n) => {
  const number = random.int(1, 1_000_000)
  return {
    body: `
   string name="wide\\\\f${n}.txt";
   int handle=FileOpen(name,FILE_WRITE|FILE_TXT|FILE_ANSI,'\\t',CP_UTF8);
   Check(handle!=INVALID_HANDLE,"open ${n}");
   if(handle==INVALID_HANDLE)
      return;
   FileWriteString(handle,"línea ${n}\\r\\n${number}\\r\\n");
   FileFlush(handle);
   FileClose(handle);
   handle=FileOpen(name,FILE_READ|FILE_TXT|FILE_ANSI,'\\t',CP_UTF8);
   Eq(FileReadString(handle),"línea ${n}","first line ${n}");
   Check((int)FileReadString(handle)==${number},"second line ${n}");
   Check(FileIsEnding(handle),"end ${n}");
   FileClose(handle);
   Check(FileIsExist(name) && FileDelete(name) && !FileIsExist(name),"delete ${n}");
   GlobalVariableSet("wide.${n}",${number});
   Check((int)GlobalVariableGet("wide.${n}")==${number} && GlobalVariableDel("wide.${n}"),"global variable ${n}");
   Check(FileOpen("..\\\\outside${n}",FILE_READ)==INVALID_HANDLE,"sandbox ${n}");`,
  }
}

const terminal: Kind = (_, n) => ({
  body: `
   MqlTick tick;
   ZeroMemory(tick);
   Check(SymbolInfoTick(_Symbol,tick) && tick.ask>=tick.bid,"tick ${n}");
   MqlTick ticks[];
   int got=CopyTicks(_Symbol,ticks,COPY_TICKS_ALL,0,5);
   Check(got>=1 && ticks[0].bid>0,"ticks ${n}");
   Check(SymbolInfoDouble(_Symbol,SYMBOL_POINT)>0,"symbol ${n}");
   Check(SymbolInfoInteger(_Symbol,SYMBOL_DIGITS)==_Digits,"digits ${n}");
   Check(AccountInfoInteger(ACCOUNT_LOGIN)>0 && AccountInfoDouble(ACCOUNT_BALANCE)>0,"account ${n}");
   Check(PositionsTotal()==0 && PositionGetTicket(0)==0,"positions ${n}");
   Check(TerminalInfoInteger(TERMINAL_CONNECTED)!=0 && MQLInfoInteger(MQL_TRADE_ALLOWED)!=0,"terminal ${n}");
   ulong began=GetTickCount64();
   Check(GetTickCount64()>=began && GetMicrosecondCount()>0,"clocks ${n}");
   uchar source[3]={97,98,99};
   uchar key[];
   uchar digest[];
   Check(CryptEncode(CRYPT_HASH_SHA256,source,key,digest)==32 && digest[0]==0xba,"sha256 ${n}");`,
})

export const FLOWS: readonly Kind[] = [functions, loops, switches, macros, statics, files, terminal]
