#define SIZE 1
class COne { public: int Size(void) { return(SIZE); } };
#undef SIZE
#define SIZE 2
class CTwo { public: int Size(void) { return(SIZE); } };
int OnInit()
  {
   COne one;
   CTwo two;
   Print(one.Size()==1 && two.Size()==2 ? "ok" : "wrong");
   return(INIT_SUCCEEDED);
  }
