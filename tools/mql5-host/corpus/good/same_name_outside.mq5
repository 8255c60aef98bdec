int Value(void) { return(1); }
int g_value=2;
class CThing
  {
public:
   int               Value(void) { return(::Value()+::g_value); }
  };
int OnInit()
  {
   CThing thing;
   Print(thing.Value()==3 ? "ok" : "wrong");
   return(INIT_SUCCEEDED);
  }
