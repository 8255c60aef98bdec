// Ticks without loss (contract P11): read from the terminal's own record by a cursor, numbered, sent in frames, and the
// cursor moves on only when a frame is acknowledged.
//
//   T1. A cursor is a millisecond and how many ticks of it are done: several ticks share one.
//   T2. One frame is under way at a time, and what is in it is fixed: sent again, it is stored once.
//   T3. Before a frame leaves, it is written down what it is made of. A new process makes the very same one again.
//   T4. A frame has the name that its batch has over HTTP, the run and its first number.

#define NG_FRAME_MAX      2000
#define NG_TICK_RETRY_MS  5000
#define NG_TICK_STALE_MS  259200000   // three days

struct NgSource
  {
   string            symbol;
   long              cursor_msc;      // 0: nothing was read yet
   int               cursor_done;
   bool              subscribed;
   // What it gave to the frame that is under way.
   int               taken;
   long              after_msc;
   int               after_done;
  };

// As it stands in a frame, little-endian.
struct NgTickCell
  {
   int               place;
   int               zero;
   long              time;
   double            bid;
   double            ask;
   double            volume;
  };

struct NgFrameHead
  {
   int               ref;
   int               count;
   long              first_seq;
  };

NgSource   g_sources[];
string     g_tick_run = "";
long       g_tick_next = 1;          // number of the first tick of the frame, or of the next one
NgTickCell g_frame[];                // the ticks that are under way, by place in g_sources
int        g_frame_count = 0;
bool       g_frame_sent = false;     // and an answer is waited for
long       g_frame_at = 0;
long       g_tick_next_try = 0;
int        g_tick_failures = 0;
long       g_ticks_acked = 0;
long       g_ticks_lost = 0;
int        g_tick_file = INVALID_HANDLE;
int        g_tick_lines = 0;
NgSocket   g_tick_socket;
string     g_places[];               // symbols as the server knows them on this line
bool       g_tick_line_open = false;
long       g_tick_line_tried = 0;
int        g_tick_ref = 0;

int SourceFind(const string symbol)
  {
   for(int at = 0; at < ArraySize(g_sources); at++)
      if(g_sources[at].symbol == symbol)
         return at;
   return -1;
  }

int SourceAdd(const string symbol)
  {
   int at = SourceFind(symbol);
   if(at >= 0)
      return at;
   at = ArraySize(g_sources);
   ArrayResize(g_sources, at + 1, 64);
   g_sources[at].symbol = symbol;
   g_sources[at].cursor_msc = 0;
   g_sources[at].cursor_done = 0;
   g_sources[at].subscribed = false;
   g_sources[at].taken = 0;
   g_sources[at].after_msc = 0;
   g_sources[at].after_done = 0;
   return at;
  }

// From now on these symbols, and no others.
void TicksSubscribe(const NgJson &doc, const int list)
  {
   for(int at = 0; at < ArraySize(g_sources); at++)
      g_sources[at].subscribed = false;
   for(int node = doc.child[list]; node >= 0; node = doc.next[node])
      SourceOn(JsonText(doc, node, ""));
  }

void SourceOn(const string symbol)
  {
   if(symbol == "")
      return;
   if(!SymbolSelect(symbol, true))
     {
      LogWarn("no ticks of " + symbol + ": the broker has no such symbol");
      return;
     }
   int at = SourceAdd(symbol);
   g_sources[at].subscribed = true;
   // What was missed for long is history, not a stream.
   bool stale = g_sources[at].cursor_msc > 0 && (long)TimeCurrent() * 1000 - g_sources[at].cursor_msc > NG_TICK_STALE_MS;
   if((g_sources[at].cursor_msc == 0 || stale) && g_sources[at].taken == 0)
     {
      MqlTick ticks[];
      int count = CopyTicks(symbol, ticks, COPY_TICKS_ALL, 0, 1);
      g_sources[at].cursor_msc = count > 0 ? ticks[count - 1].time_msc : BrokerNowMs();
      g_sources[at].cursor_done = 0;
     }
  }

// A connect was accepted: it says which symbols are streamed.
void TicksBegin(const NgJson &doc)
  {
   int list = JsonFind(doc, 0, "subscribed_symbols");
   if(JsonIs(doc, list, NG_JSON_LIST) && doc.child[list] >= 0)
      TicksSubscribe(doc, list);
   else
      if(ArraySize(g_sources) == 0)
         TicksFromInput(g_tick_symbols);
   g_frame_sent = false;
   g_tick_next_try = 0;
  }

// The input's symbols; none: the chart's.
void TicksFromInput(const string symbols)
  {
   string names[];
   int count = StringSplit(symbols, ',', names);
   for(int at = 0; at < count; at++)
     {
      string name = names[at];
      StringTrimLeft(name);
      StringTrimRight(name);
      SourceOn(name);
     }
   if(ArraySize(g_sources) == 0)
      SourceOn(_Symbol);
  }

// Reads what is new, and sends it when it is time.
void TicksPump()
  {
   TickLinePump();
   if(g_state != NG_ONLINE || g_now.mono_ms < g_tick_next_try)
      return;
   if(g_frame_count > 0)
     {
      if(!g_frame_sent)
         FrameSend();
      else
         if(g_now.mono_ms - g_frame_at > NG_REPLY_MS)
           {
            // Without a word in time it is unknown; the line is cut, so that nothing of it comes late.
            SocketEnd(g_tick_socket, 0);
            FrameLost();
           }
      return;
     }
   if(g_now.mono_ms - g_frame_at < g_set.tick_ms)
      return;
   g_frame_at = g_now.mono_ms;
   for(int at = 0; at < ArraySize(g_sources); at++)
      FrameTake(at, NG_FRAME_MAX - g_frame_count);
   if(g_frame_count == 0)
      return;
   FrameNote();
   FrameSend();
  }

// The ticks of a symbol behind its cursor go into the frame, `most` of them at most.
void FrameTake(const int source, const int most)
  {
   g_sources[source].taken = 0;
   if(!g_sources[source].subscribed || most <= 0)
      return;
   MqlTick ticks[];
   long msc = g_sources[source].cursor_msc;
   int done = g_sources[source].cursor_done;
   int count = CopyTicks(g_sources[source].symbol, ticks, COPY_TICKS_ALL, (ulong)(msc > 0 ? msc : 1), (uint)(most + done));
   int skip = done;
   int taken = 0;
   if(count > 0)
      ArrayResize(g_frame, g_frame_count + count, NG_FRAME_MAX);
   for(int at = 0; at < count && taken < most; at++)
     {
      long time = ticks[at].time_msc;
      if(time < msc)
         continue;
      if(time == msc && skip > 0)
        {
         skip--;
         continue;
        }
      if(time > msc)
        {
         msc = time;
         done = 0;
         skip = 0;
        }
      done++;
      // A trade without a quote has no price that a stream of quotes could hold.
      if(ticks[at].bid <= 0.0 || ticks[at].ask <= 0.0)
         continue;
      int cell = g_frame_count + taken;
      g_frame[cell].place = source;
      g_frame[cell].zero = 0;
      g_frame[cell].time = time;
      g_frame[cell].bid = ticks[at].bid;
      g_frame[cell].ask = ticks[at].ask;
      g_frame[cell].volume = ticks[at].volume_real > 0.0 ? ticks[at].volume_real : (double)ticks[at].volume;
      taken++;
     }
   g_frame_count += taken;
   g_sources[source].taken = taken;
   g_sources[source].after_msc = msc;
   g_sources[source].after_done = done;
   if(taken == 0)
     {
      g_sources[source].cursor_msc = msc;
      g_sources[source].cursor_done = done;
     }
  }

void FrameDone(const int source)
  {
   if(g_sources[source].taken > 0)
     {
      g_sources[source].cursor_msc = g_sources[source].after_msc;
      g_sources[source].cursor_done = g_sources[source].after_done;
     }
   g_sources[source].taken = 0;
  }

// The frame is stored: the cursors move on.
void FrameAcked()
  {
   g_ticks_acked += g_frame_count;
   g_tick_next += g_frame_count;
   g_frame_count = 0;
   g_frame_sent = false;
   g_tick_failures = 0;
   for(int at = 0; at < ArraySize(g_sources); at++)
      FrameDone(at);
  }

// No answer, or one that says later: the same again.
void FrameLost()
  {
   g_frame_sent = false;
   g_tick_next_try = g_now.mono_ms + BackoffMs(g_tick_failures, 200, 15000);
   g_tick_failures++;
  }

void FrameSend()
  {
   if(g_set.push && !g_secure && g_key != "" && TickLineReady())
      return;
   if(g_frame_sent)
      return;
   string rows = "";
   for(int at = 0; at < g_frame_count; at++)
     {
      int digits = (int)SymbolInfoInteger(g_sources[g_frame[at].place].symbol, SYMBOL_DIGITS);
      rows += (at > 0 ? ",{" : "{") + "\"symbol\":" + JsonQuote(g_sources[g_frame[at].place].symbol) + ",\"bid\":" +
              DoubleToString(g_frame[at].bid, digits) + ",\"ask\":" + DoubleToString(g_frame[at].ask, digits) +
              StringFormat(",\"timestamp\":%I64d", g_frame[at].time) + JsonField("volume", JsonNumber(g_frame[at].volume)) + "}";
     }
   NgJson reply;
   int http = LinkPost(NG_PLANE_TICKS, "/api/ticks/batch",
                       "{" + AccountField() + ",\"run\":\"" + g_tick_run + StringFormat("\",\"first_seq\":%I64d", g_tick_next) +
                       ",\"ticks\":[" + rows + "]}", g_set.request_timeout_ms, reply);
   FrameHeard(http, reply);
  }

// The server's word on the frame, however it was sent.
void FrameHeard(const int http, const NgJson &doc)
  {
   if(http == 200)
     {
      if(JsonFind(doc, 0, "lost") >= 0)
         LogWarn("ticks were lost: " + JsonRaw(doc, JsonFind(doc, 0, "lost")));
      FrameAcked();
      return;
     }
   long expected = JsonWholeOf(doc, 0, "expected_seq", 0);
   if(expected >= g_tick_next + g_frame_count)
     {
      FrameAcked(); // all of it is stored: an earlier answer was lost
      return;
     }
   if(expected > g_tick_next)
     {
      // What is below it is stored; the rest goes under its own number.
      int stored = (int)(expected - g_tick_next);
      for(int at = stored; at < g_frame_count; at++)
         g_frame[at - stored] = g_frame[at];
      g_frame_count -= stored;
      g_tick_next = expected;
      g_frame_sent = false;
      return;
     }
   if(http == 400 || http == 413 || http == 422)
     {
      // It can't be taken, whenever it comes: its numbers are told as lost with the next one.
      LogError(StringFormat("%d ticks were refused (%d %s)", g_frame_count, http, JsonTextOf(doc, 0, "message", "")));
      g_ticks_lost += g_frame_count;
      FrameAcked();
      return;
     }
   FrameLost();
  }
