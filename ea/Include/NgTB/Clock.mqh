// Time: two clocks read at one moment, and deadlines made of them (contract P5).
//
//   T1. Durations come from GetTickCount64, which never goes back and, on Windows, counts a sleeping machine too.
//   T2. The PC clock (TimeGMT, whole seconds) may only make something later, never earlier: it counts from the second
//       second on, so that a suspended machine whose tick count stood still buys no time.

struct NgStamp
  {
   long              mono_ms;
   long              wall_ms;
  };

struct NgDeadline
  {
   bool              known;    // false: begun before a restart; no order may start
   NgStamp           from;
   bool              endless;  // no time limit
   double            ttl_ms;
   NgStamp           heard;    // when the word of it came in
  };

NgStamp g_now = {0, 0};

// Read it right before something is decided, and again behind whatever may have blocked.
void ClockRead()
  {
   g_now.mono_ms = (long)GetTickCount64();
   g_now.wall_ms = (long)TimeGMT() * 1000;
  }

long ElapsedMs(const NgStamp &from)
  {
   long mono = g_now.mono_ms - from.mono_ms;
   long wall = g_now.wall_ms - from.wall_ms - 1000;
   long most = mono > wall ? mono : wall;
   return most > 0 ? most : 0;
  }

bool DeadlineIsPast(const NgDeadline &deadline)
  {
   if(!deadline.known)
      return true;
   if(deadline.endless)
      return false;
   return (double)ElapsedMs(deadline.from) >= deadline.ttl_ms;
  }

// Names this run of the machine by the minute in which it began.
long BootMinute()
  {
   return ((long)TimeGMT() - (long)(GetTickCount64() / 1000)) / 60;
  }
