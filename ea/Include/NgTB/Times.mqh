// When a command was here, on this process' own clock: received, its first order sent, the last of its orders done.
// Told with its answer. Only memory: another process' clock has another zero, so after a restart nothing is told.

#define NG_TIMES_MAX 500

struct NgTimes
  {
   string            command_id;
   long              received_ms;
   long              sent_ms;       // below 0: no order was sent
   long              executed_ms;   // below 0: none is done
  };

NgTimes g_times[];

int TimesFind(const string command_id)
  {
   for(int at = ArraySize(g_times) - 1; at >= 0; at--)
      if(g_times[at].command_id == command_id)
         return at;
   return -1;
  }

// Handed out, or handed out again: what was before was of another attempt.
void TimesReceived(const string command_id)
  {
   TimesForget(command_id);
   int count = ArraySize(g_times);
   ArrayResize(g_times, count + 1, 64);
   g_times[count].command_id = command_id;
   g_times[count].received_ms = g_now.mono_ms;
   g_times[count].sent_ms = -1;
   g_times[count].executed_ms = -1;
   if(count + 1 > NG_TIMES_MAX)
      ArrayRemove(g_times, 0, 1);
  }

void TimesSent(const string command_id)
  {
   int at = TimesFind(command_id);
   if(at >= 0 && g_times[at].sent_ms < 0)
      g_times[at].sent_ms = g_now.mono_ms;
  }

void TimesExecuted(const string command_id)
  {
   int at = TimesFind(command_id);
   if(at >= 0 && g_times[at].sent_ms >= 0)
      g_times[at].executed_ms = g_now.mono_ms;
  }

void TimesForget(const string command_id)
  {
   int at = TimesFind(command_id);
   if(at >= 0)
      ArrayRemove(g_times, at, 1);
  }

// The fields of an answer, each behind a comma; "": nothing is known.
string TimesFields(const string command_id)
  {
   int at = TimesFind(command_id);
   if(at < 0)
      return "";
   return JsonField("received_at_ms", StringFormat("%I64d", g_times[at].received_ms)) +
          (g_times[at].sent_ms < 0 ? "" : JsonField("order_sent_at_ms", StringFormat("%I64d", g_times[at].sent_ms))) +
          (g_times[at].executed_ms < 0 ? "" : JsonField("executed_at_ms", StringFormat("%I64d", g_times[at].executed_ms)));
  }
