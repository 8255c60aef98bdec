//+------------------------------------------------------------------+
//| Check.mqh - counts checks; a failed one says what it saw          |
//+------------------------------------------------------------------+
int g_pass=0,g_fail=0;

void Check(const bool ok,const string what)
  {
   if(ok)
     { g_pass++; return; }
   g_fail++;
   Print("FAIL: ",what);
  }
void Eq(const string a,const string b,const string what)
  {
   Check(a==b,what+": got '"+a+"', expected '"+b+"'");
  }
void Near(const double a,const double b,const string what)
  {
   Check(MathAbs(a-b)<0.0000001,what+": got "+DoubleToString(a,8)+", expected "+DoubleToString(b,8));
  }
void Num(const long a,const long b,const string what)
  {
   Check(a==b,what+": got "+IntegerToString(a)+", expected "+IntegerToString(b));
  }
//--- asks the driver to send a control command; wait for its effect, never for the command itself
void Do(const string command)
  {
   Print("DO ",command);
  }
void Summary(const string name)
  {
   Print(name," pass=",g_pass," fail=",g_fail);
  }
