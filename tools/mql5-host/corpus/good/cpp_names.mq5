// Words of C++ and of its library that are names like others in MQL5.
struct Errno { int errno; int stdin; };
int linux(const int unix,const int EOF) { return(unix+EOF); }
int OnInit()
  {
   Errno all;
   all.errno=1;
   all.stdin=2;
   int assert=linux(all.errno,all.stdin);
   int constructor=0,toString=assert;
   Print(constructor+toString==3 ? "ok" : "wrong");
   return(INIT_SUCCEEDED);
  }
