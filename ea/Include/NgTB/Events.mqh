// What this EA tells by itself, numbered without a gap (contract P10): facts wait here until the server has stored them.
//
//   Q6. What a ledger that went back wants again and nobody has any more is not invented: the stream goes on with what
//       there is, and the terminal's history brings the rest.
//   Q7. Numbers go on behind what the server says that it has of this journal; a new process needs no memory of them.
//   Q8. One message at a time, from the first event on that is not acknowledged; the same again until they are.

#define NG_EVENTS_MAX 200
#define NG_LOGS_KEPT  1000

struct NgStream
  {
   string            name;
   int               verb;
   long              first_seq;     // of the first event that waits; 0: before the first accepted connect
   string            waiting[];
   int               sent;          // events of the message that is under way; 0: none
   long              next_try;
   int               failures;
   long              dropped;
  };

NgStream g_trade_stream;
NgStream g_log_stream;

void EventsInit()
  {
   g_trade_stream.name = "trade";
   g_trade_stream.verb = NG_SAY_TRADES;
   g_trade_stream.first_seq = 0;
   g_trade_stream.sent = 0;
   g_trade_stream.next_try = 0;
   g_trade_stream.failures = 0;
   g_trade_stream.dropped = 0;
   g_log_stream = g_trade_stream;
   g_log_stream.name = "log";
   g_log_stream.verb = NG_SAY_LOGS;
  }

// `json`: an object with `kind`.
void EventPush(NgStream &stream, const string json)
  {
   int count = ArraySize(stream.waiting);
   // Lines of a log may be lost while nobody hears them, the oldest of all that were not sent; facts may not.
   if(stream.verb == NG_SAY_LOGS && count >= NG_LOGS_KEPT && stream.sent == 0)
     {
      ArrayRemove(stream.waiting, 0, 1);
      stream.dropped++;
      count--;
     }
   ArrayResize(stream.waiting, count + 1, 256);
   stream.waiting[count] = json;
  }

// A connect was accepted: Q7.
void EventsBegin(NgStream &stream, const NgJson &doc)
  {
   long last = JsonWholeOf(doc, JsonFind(doc, 0, "streams"), stream.name, 0);
   stream.sent = 0;
   stream.next_try = 0;
   if(stream.first_seq > 0)
      EventsStored(stream, last);
   stream.first_seq = last + 1;
  }

// Another journal begins without numbers; what waits is told under its own.
void EventsForget(NgStream &stream)
  {
   stream.first_seq = 0;
   stream.sent = 0;
  }

// Q8.
void EventsSend(NgStream &stream)
  {
   int count = ArraySize(stream.waiting);
   if(stream.sent > 0 || stream.first_seq == 0 || count == 0 || g_now.mono_ms < stream.next_try)
      return;
   if(count > NG_EVENTS_MAX)
      count = NG_EVENTS_MAX;
   string events = "";
   for(int at = 0; at < count; at++)
      events += (at > 0 ? "," : "") + stream.waiting[at];
   stream.sent = count;
   LinkSay(stream.verb, SessionFields() + ",\"stream\":\"" + stream.name + StringFormat("\",\"first_seq\":%I64d", stream.first_seq) +
           ",\"events\":[" + events + "]");
  }

// The server's word; http 0: none.
void EventsHeard(NgStream &stream, const int http, const NgJson &doc)
  {
   stream.sent = 0;
   long last = JsonWholeOf(doc, 0, "last_seq", 0);
   if(http == 200 && last >= stream.first_seq)
     {
      stream.failures = 0;
      EventsStored(stream, last);
      SessionFact(http, doc);
      return;
     }
   stream.next_try = g_now.mono_ms + BackoffMs(stream.failures, 200, 15000);
   stream.failures++;
   long expected = JsonWholeOf(doc, 0, "expected_seq", 0);
   if(http == 409 && expected > 0)
     {
      bool forgotten = stream.first_seq > 0 && expected < stream.first_seq;
      EventsStored(stream, expected - 1);
      stream.first_seq = expected;
      stream.next_try = 0;
      if(forgotten)
         HistoryAgain(); // Q6
      return;
     }
   SessionFact(http, doc);
  }

void EventsStored(NgStream &stream, const long last_seq)
  {
   if(stream.first_seq == 0 || last_seq < stream.first_seq)
      return;
   long count = last_seq + 1 - stream.first_seq;
   int there = ArraySize(stream.waiting);
   if(count > (long)there)
      count = there;
   if(count > 0)
      ArrayRemove(stream.waiting, 0, (int)count);
   stream.first_seq = last_seq + 1;
  }
