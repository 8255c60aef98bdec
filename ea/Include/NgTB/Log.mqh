// What the EA says: in the terminal's journal at once, to the server in the numbered stream `log`.
//
//   L1. A line says what to do about it. The same line comes once a minute at most; how often it was meant is counted.
//   L2. No key is ever printed.

#define NG_LOG_EVERY_MS 60000

string g_log_text[];
long   g_log_at[];
int    g_log_times[];

void LogDebug(const string text)
  {
   if(g_set.debug)
      Print("NgTB debug: ", text);
  }

void LogInfo(const string text)
  {
   LogSay("INFO", text, "{}");
  }

void LogWarn(const string text)
  {
   LogSay("WARNING", text, "{}");
  }

void LogError(const string text)
  {
   LogSay("ERROR", text, "{}");
  }

// `details`: a JSON object.
void LogSay(const string level, const string text, const string details)
  {
   int times = LogTimes(text);
   if(times == 0)
      return;
   string said = times > 1 ? text + StringFormat(" (%d times)", times) : text;
   Print("NgTB ", level, ": ", said);
   EventPush(g_log_stream, "{\"kind\":\"log\"" + JsonField("level", JsonQuote(level)) +
             JsonField("message", JsonQuote(said)) + JsonField("details", details) + "}");
  }

// L1: how often this line was meant since it was said; 0: it waits.
int LogTimes(const string text)
  {
   int count = ArraySize(g_log_text);
   for(int at = 0; at < count; at++)
     {
      if(g_log_text[at] != text)
         continue;
      g_log_times[at]++;
      if(g_now.mono_ms - g_log_at[at] < NG_LOG_EVERY_MS)
         return 0;
      int times = g_log_times[at];
      g_log_at[at] = g_now.mono_ms;
      g_log_times[at] = 0;
      return times;
     }
   int place = count < 50 ? count : MathRand() % 50;
   if(place == count)
     {
      ArrayResize(g_log_text, count + 1);
      ArrayResize(g_log_at, count + 1);
      ArrayResize(g_log_times, count + 1);
     }
   g_log_text[place] = text;
   g_log_at[place] = g_now.mono_ms;
   g_log_times[place] = 0;
   return 1;
  }

// What a failed request means, and what the trader can do about it.
string LogRemedy(const int error, const string url)
  {
   if(error == 4014)
      return "the terminal does not allow " + url +
             ": Tools > Options > Expert Advisors > Allow WebRequest for listed URL, add http://" + g_host + " and http://" +
             g_host + StringFormat(":%d to :%d", g_port, g_port + 3);
   if(error == 5200 || error == 5201 || error == 5270 || error == 5271 || error == 5272)
      return "no connection to " + url + StringFormat(" (error %d): is the server running, is its address right?", error);
   if(error == 5202)
      return url + " did not answer in time";
   return StringFormat("%s: error %d", url, error);
  }
