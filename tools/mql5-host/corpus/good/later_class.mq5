int g_doors=2;
class CHouse
  {
public:
   // Both come later; a body in MQL5 sees them.
   int               Rooms(void) { CRoom room; return(room.Count()+Doors()); }
   enum ENUM_SIDE { SIDE_LEFT, SIDE_RIGHT };
   ENUM_SIDE         Side(void) const { return(SIDE_LEFT); }
  };
class CRoom { public: int Count(void) { return(3); } };
int Doors(void) { return(g_doors); }
int OnInit()
  {
   CHouse house;
   Print(house.Rooms()==5 && EnumToString(house.Side())=="SIDE_LEFT" ? "ok" : "wrong");
   return(INIT_SUCCEEDED);
  }
