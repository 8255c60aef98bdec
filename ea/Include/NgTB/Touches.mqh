// What this EA has just done to positions and orders: until the terminal shows it, a look tells of the past.
//
//   T1. Within settle of an own order a look at what it touched counts only if it shows that order's deal, or, where the
//       deal is not known, the volume that it left. While nobody knows what it left, no look counts.
//   T2. After a restart everything that the journal names may have been touched a moment ago.

struct NgTouch
  {
   bool              levels;         // else: how much there is of it
   string            ticket;
   NgStamp           at;
   string            command_id;     // "": before this process
   double            volume;         // lots afterwards; below 0: not known
   string            deal;           // "": not known
   bool              has_sl;         // levels as they were asked for
   bool              has_tp;
   double            sl;
   double            tp;
  };

NgTouch g_touches[];

// An opening that was done a moment ago and that the terminal may not show yet.
struct NgRecent
  {
   string            ticket;
   bool              is_order;
   string            symbol;
   long              strategy_no;
   ulong             magic;
   NgStamp           at;
  };

NgRecent g_recent[];

void TouchNote(const bool levels, const string ticket, const string command_id, const double volume, const string deal)
  {
   TouchForget(levels, ticket, command_id);
   TouchesSweep();
   int count = ArraySize(g_touches);
   ArrayResize(g_touches, count + 1, 64);
   g_touches[count].levels = levels;
   g_touches[count].ticket = ticket;
   g_touches[count].at = g_now;
   g_touches[count].command_id = command_id;
   g_touches[count].volume = volume;
   g_touches[count].deal = deal;
   g_touches[count].has_sl = false;
   g_touches[count].has_tp = false;
   g_touches[count].sl = 0.0;
   g_touches[count].tp = 0.0;
  }

// What the newest touch asked for.
void TouchLevels(const NgJob &job)
  {
   int last = ArraySize(g_touches) - 1;
   if(last < 0)
      return;
   g_touches[last].has_sl = job.has_sl;
   g_touches[last].has_tp = job.has_tp;
   g_touches[last].sl = job.sl;
   g_touches[last].tp = job.tp;
  }

// The order was refused: it changed nothing.
void TouchForget(const bool levels, const string ticket, const string command_id)
  {
   for(int at = ArraySize(g_touches) - 1; at >= 0; at--)
      if(g_touches[at].levels == levels && g_touches[at].ticket == ticket && g_touches[at].command_id == command_id)
         ArrayRemove(g_touches, at, 1);
  }

bool TouchIsOver(const int at)
  {
   return g_now.mono_ms - g_touches[at].at.mono_ms >= g_set.settle_ms;
  }

void TouchesSweep()
  {
   for(int at = ArraySize(g_touches) - 1; at >= 0; at--)
      if(TouchIsOver(at))
         ArrayRemove(g_touches, at, 1);
  }

// Does a look still show the past? The touch of the command `own` is for that command to judge; "": every touch counts.
bool TouchIsStale(const bool levels, const string ticket, const double volume, const double step, const NgDeal &deals[],
                  const string own)
  {
   bool newest = true;
   for(int at = ArraySize(g_touches) - 1; at >= 0; at--)
     {
      if(g_touches[at].levels != levels || g_touches[at].ticket != ticket || TouchIsOver(at))
         continue;
      bool is_newest = newest;
      newest = false;
      if(own != "" && g_touches[at].command_id == own)
         continue;
      if(!TouchIsShown(at, volume, step, deals, is_newest))
         return true;
     }
   return false;
  }

bool TouchIsShown(const int at, const double volume, const double step, const NgDeal &deals[], const bool newest)
  {
   if(g_touches[at].deal != "")
     {
      for(int deal = 0; deal < ArraySize(deals); deal++)
         if(deals[deal].ticket == g_touches[at].deal)
            return true;
      return false;
     }
   if(g_touches[at].levels || g_touches[at].volume < 0.0)
      return false;
   // What an older order left was changed by the newer one.
   return !newest || SameVolume(g_touches[at].volume, volume, step);
  }

// Does a list of all positions show what this process has done to them? One that does not is of the past. What
// another process did is not known here, and not waited for.
bool TouchesShownBy(const NgPosition &list[])
  {
   for(int at = 0; at < ArraySize(g_touches); at++)
     {
      if(g_touches[at].command_id == "" || TouchIsOver(at) || !TouchIsNewest(at))
         continue;
      int listed = PositionFind(list, g_touches[at].ticket);
      if(g_touches[at].levels)
        {
         // What is gone has no levels any more.
         if(listed >= 0 && ((g_touches[at].has_sl && MathAbs(g_touches[at].sl - list[listed].sl) > 1e-9) ||
                            (g_touches[at].has_tp && MathAbs(g_touches[at].tp - list[listed].tp) > 1e-9)))
            return false;
         continue;
        }
      double volume = g_touches[at].volume;
      // Nobody expects a volume that this process does not know itself; an opening that is missing is looked for.
      if(volume < 0.0 || (listed < 0 && volume > 0.0))
         continue;
      if(!SameVolume(volume, listed < 0 ? 0.0 : list[listed].volume, 1e-8))
         return false;
     }
   return true;
  }

bool TouchIsNewest(const int at)
  {
   for(int later = at + 1; later < ArraySize(g_touches); later++)
      if(g_touches[later].levels == g_touches[at].levels && g_touches[later].ticket == g_touches[at].ticket)
         return false;
   return true;
  }

// T2. What the journal says was touched: nobody knows how long ago.
void TouchesFromMemory()
  {
   ArrayResize(g_touches, 0);
   ArrayResize(g_recent, 0);
   int count = ArraySize(g_entries);
   for(int at = count > 500 ? count - 500 : 0; at < count; at++)
     {
      bool levels = IsModify(g_entries[at].type);
      string ticket = g_entries[at].ticket;
      if(ticket == "" && g_entries[at].final_kind == NG_DONE)
         ticket = ResponseTicket(g_entries[at].response);
      if(ticket != "")
         TouchNote(levels, ticket, "", -1.0, "");
      if(g_entries[at].final_kind == NG_DONE)
         RecentNote(at);
     }
   for(int at = 0; at < ArraySize(g_subs); at++)
      TouchNote(false, g_subs[at].ticket, "", -1.0, "");
  }

string ResponseTicket(const string response)
  {
   NgJson doc;
   return JsonParse(response, doc) ? JsonDigitsOf(doc, 0, "ticket") : "";
  }

// A done opening of the journal, as it may still be on its way to the terminal's lists.
void RecentNote(const int entry)
  {
   if(!IsOpening(g_entries[entry].type) || g_entries[entry].command == "")
      return;
   string ticket = ResponseTicket(g_entries[entry].response);
   NgJson doc;
   NgJob job;
   if(ticket == "" || !JsonParse(g_entries[entry].command, doc) || !CommandRead(doc, 0, job))
      return;
   RecentSweep();
   int count = ArraySize(g_recent);
   ArrayResize(g_recent, count + 1, 64);
   g_recent[count].ticket = ticket;
   g_recent[count].is_order = g_entries[entry].type == "PLACE_PENDING";
   g_recent[count].symbol = job.symbol;
   g_recent[count].strategy_no = TagStrategy(job.magic);
   g_recent[count].magic = job.magic;
   g_recent[count].at = g_now;
  }

void RecentSweep()
  {
   for(int at = ArraySize(g_recent) - 1; at >= 0; at--)
      if(g_now.mono_ms - g_recent[at].at.mono_ms >= g_set.settle_ms)
         ArrayRemove(g_recent, at, 1);
  }

// It is shown, or it is over: no reason to wait for it any more.
void RecentForget(const string ticket)
  {
   for(int at = ArraySize(g_recent) - 1; at >= 0; at--)
      if(g_recent[at].ticket == ticket)
         ArrayRemove(g_recent, at, 1);
  }
