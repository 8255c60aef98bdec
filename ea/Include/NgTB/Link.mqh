// Words to the server and its replies: by the socket while there is one, else by WebRequest. Knows nothing of commands.
//
//   L1. A word goes by the socket while it is open, else by HTTP: the same body, the same answer.
//   L2. A request without a reply in time is unknown, as a lost HTTP reply is.
//   L3. Every status outside 200..299 is a failure; what is no HTTP status at all is no reply (mt5: 1001, 1003).

NgSocket g_socket;
long     g_ref = 0;
// Requests by the socket that have no reply yet.
long     g_waiting_ref[];
int      g_waiting_verb[];
NgStamp  g_waiting_sent[];
double   g_latency_ms = 0.0;
// Failures of HTTP in a row: then another server is tried, and waits grow.
int      g_failures = 0;
// Seconds that the newest reply by HTTP asked to wait; 0: it did not.
double   g_retry_after_s = 0.0;

string VerbType(const int verb)
  {
   static const string types[] =
     {"connect", "heartbeat", "get_commands", "command_response", "command_responses", "disconnect", "events", "events"};
   return types[verb];
  }

string AccountField()
  {
   // A login beyond 2^53 goes as text, so that no reader rounds it (R1).
   return "\"account\":" + (StringLen(g_set.login) > 15 ? "\"" + g_set.login + "\"" : g_set.login);
  }

// Says a word: `fields` is what follows the account. What comes back is heard by LinkHeard, at once or later.
void LinkSay(const int verb, const string fields)
  {
   NgStamp sent = g_now;
   if(g_socket.state == NG_WS_OPEN)
     {
      g_ref++;
      int count = ArraySize(g_waiting_ref);
      ArrayResize(g_waiting_ref, count + 1);
      ArrayResize(g_waiting_verb, count + 1);
      ArrayResize(g_waiting_sent, count + 1);
      g_waiting_ref[count] = g_ref;
      g_waiting_verb[count] = verb;
      g_waiting_sent[count] = sent;
      string text = "{\"type\":\"" + VerbType(verb) + StringFormat("\",\"ref\":%I64d,", g_ref) + AccountField() + "," + fields + "}";
      // A line that breaks here is noticed by the pump, and every request on it is unknown then.
      if(!SocketSay(g_socket, text))
         LogDebug("the socket broke while it was spoken to");
      return;
     }
   NgJson reply;
   bool events = verb == NG_SAY_TRADES || verb == NG_SAY_LOGS;
   int http = LinkPost(events ? NG_PLANE_TRADES : NG_PLANE_COMMAND, "/api/" + VerbType(verb), "{" + AccountField() + "," + fields + "}",
                       g_set.request_timeout_ms, reply);
   LinkHeard(verb, http, reply, sent);
  }

// One HTTP request; waits for its answer. 0: none came, or none that can be read.
int LinkPost(const int plane, const string path, const string json, const int timeout_ms, NgJson &reply)
  {
   uchar data[];
   uchar result[];
   string headers = "Content-Type: application/json\r\n" + (g_key == "" ? "" : "X-API-Key: " + g_key + "\r\n");
   string result_headers = "";
   int length = StringToCharArray(json, data, 0, StringLen(json), CP_UTF8);
   // Everything that is said is ASCII: a unit is a byte.
   if(length != StringLen(json))
      ArrayResize(data, StringLen(json));
   string url = UrlOf(plane, path);
   ResetLastError();
   ulong began = GetMicrosecondCount();
   int http = WebRequest("POST", url, headers, timeout_ms, data, result, result_headers);
   int error = GetLastError();
   ClockRead();
   reply.count = 0;
   if(http < 100 || http > 599)
     {
      g_failures++;
      LogLocal(LogRemedy(error, url));
      return 0;
     }
   g_failures = 0;
   g_retry_after_s = RetryAfterOf(result_headers);
   g_latency_ms = (double)(GetMicrosecondCount() - began) / 1000.0;
   string text = CharArrayToString(result, 0, ArraySize(result), CP_UTF8);
   if(!JsonParse(text, reply))
     {
      reply.count = 0;
      return http >= 200 && http <= 299 ? 0 : http;
     }
   return http;
  }

double RetryAfterOf(const string headers)
  {
   string lower = headers;
   StringToLower(lower);
   int at = StringFind(lower, "\r\nretry-after:");
   if(at < 0)
      return 0.0;
   string value = StringSubstr(lower, at + 14, 12);
   StringTrimLeft(value);
   return StringToDouble(value);
  }

// Hears the socket: replies, pushes, its end.
void LinkPump()
  {
   if(g_socket.state == NG_WS_CLOSED)
      return;
   bool was_open = g_socket.state == NG_WS_OPEN;
   bool alive = SocketPump(g_socket);
   string text = "";
   while(alive && SocketText(g_socket, text))
     {
      LinkText(text);
      ClockRead();
     }
   if(g_socket.pings > 0)
     {
      g_socket.pings = 0;
      SessionAlive();
     }
   if(g_socket.state == NG_WS_CLOSED)
     {
      LinkForget();
      if(was_open)
         SessionLineGone(g_socket.close_code);
      return;
     }
   LinkLate();
  }

void LinkText(const string text)
  {
   NgJson doc;
   if(!JsonParse(text, doc))
      return;
   string type = JsonTextOf(doc, 0, "type", "");
   if(type == "commands")
      SessionPushed(doc);
   if(type != "reply")
      return;
   long ref = JsonWholeOf(doc, 0, "ref", -1);
   for(int at = 0; at < ArraySize(g_waiting_ref); at++)
     {
      if(g_waiting_ref[at] != ref)
         continue;
      int verb = g_waiting_verb[at];
      NgStamp sent = g_waiting_sent[at];
      LinkTaken(at);
      g_latency_ms = (double)(g_now.mono_ms - sent.mono_ms);
      LinkHeard(verb, (int)JsonWholeOf(doc, 0, "http", 0), doc, sent);
      return;
     }
  }

void LinkTaken(const int at)
  {
   ArrayRemove(g_waiting_ref, at, 1);
   ArrayRemove(g_waiting_verb, at, 1);
   ArrayRemove(g_waiting_sent, at, 1);
  }

// L2.
void LinkLate()
  {
   while(ArraySize(g_waiting_ref) > 0 && g_now.mono_ms - g_waiting_sent[0].mono_ms > NG_REPLY_MS)
     {
      int verb = g_waiting_verb[0];
      NgStamp sent = g_waiting_sent[0];
      LinkTaken(0);
      NgJson nothing;
      nothing.count = 0;
      LinkHeard(verb, 0, nothing, sent);
     }
  }

// The line is gone, and with it whatever was asked by it.
void LinkForget()
  {
   while(ArraySize(g_waiting_ref) > 0)
     {
      int verb = g_waiting_verb[0];
      NgStamp sent = g_waiting_sent[0];
      LinkTaken(0);
      NgJson nothing;
      nothing.count = 0;
      LinkHeard(verb, 0, nothing, sent);
     }
  }

// Is a fact on its way, of which nobody knows whether the server has it?
bool LinkHasFacts()
  {
   for(int at = 0; at < ArraySize(g_waiting_verb); at++)
      if(g_waiting_verb[at] == NG_SAY_ANSWER || g_waiting_verb[at] == NG_SAY_ANSWERS || g_waiting_verb[at] == NG_SAY_TRADES)
         return true;
   return false;
  }

// http 0: no reply came.
void LinkHeard(const int verb, const int http, const NgJson &doc, const NgStamp &sent)
  {
   if(verb == NG_SAY_CONNECT)
      SessionConnected(http, doc, sent);
   if(verb == NG_SAY_HEARTBEAT || verb == NG_SAY_POLL)
      SessionHeard(verb, http, doc, sent);
   if(verb == NG_SAY_ANSWER || verb == NG_SAY_ANSWERS)
     {
      AnswersHeard(http, doc);
      SessionFact(http, doc);
     }
   if(verb == NG_SAY_TRADES)
      EventsHeard(g_trade_stream, http, doc);
   if(verb == NG_SAY_LOGS)
      EventsHeard(g_log_stream, http, doc);
  }

// For what happens because the server can't be reached: it could not be told anyway.
void LogLocal(const string text)
  {
   int times = LogTimes(text);
   if(times > 0)
      Print("NgTB WARNING: ", text, times > 1 ? StringFormat(" (%d times)", times) : "");
  }
