int Find(const int &list[],const int wanted)
  {
   for(int i=0; i<ArraySize(list); i++)
      if(list[i]==wanted)
         return(i);
   return(-1);
  }
string Kind(const ENUM_ORDER_TYPE type)
  {
   switch(type)
     {
      case ORDER_TYPE_BUY:
      case ORDER_TYPE_BUY_LIMIT:
      case ORDER_TYPE_BUY_STOP:
         return("buy");
      default:
         return("sell");
     }
  }
int Endless(void)
  {
   int turns=0;
   while(true)
     {
      if(++turns>5)
         return(turns);
     }
  }
int Both(const bool on)
  {
   if(on)
      return(1);
   else
      return(2);
  }
void Fill(int &to) { to=3; }
int Assigned(const int way)
  {
   int a,b,c,d;
   if(way==1)
      a=1;
   else if(way==2)
      a=2;
   else
      return(0);
   switch(way)
     {
      case 1:
         b=1;
         break;
      default:
         b=2;
         break;
     }
   Fill(c);
   do
     {
      d=a;
     }
   while(d<0);
   return(a+b+c+d);
  }
int OnInit()
  {
   int list[]={4,5,6};
   bool fine=Find(list,6)==2 && Find(list,9)==-1 && Kind(ORDER_TYPE_SELL)=="sell";
   fine=fine && Endless()==6 && Both(true)+Both(false)==3 && Assigned(1)==6;
   int result=0;
   if((result=Find(list,5))==1)
      Print(fine && result==1 ? "ok" : "wrong");
   return(INIT_SUCCEEDED);
  }
