struct Point { double x[3]; string name; int rest[2]; };
int OnInit()
  {
   Point a={0};
   Point b={};
   Point c;
   ZeroMemory(c);
   bool zero=a.x[2]==0 && b.rest[1]==0 && c.x[0]==0 && c.name=="";
   Print(zero ? "ok" : "wrong");
   return(INIT_SUCCEEDED);
  }
