// What the trader set in the inputs and what the server set at connect; where the server is.
//
// One URL is enough: the command port is the one that it names (9900 by default), ticks, trades and logs are behind it.
// A pairing code (`ngtb pair`) is that URL with the key behind a '#'.

#define NG_DEFAULT_PORT 9900

struct NgSettings
  {
   string            login;
   string            trade_server;
   string            folder;               // of this terminal
   bool              push;
   bool              debug;
   long              settle_ms;            // the longest time after which a lost order can still appear
   long              poll_ms;
   long              heartbeat_ms;
   long              sync_ms;
   long              tick_ms;              // ticks wait so long for company
   int               tick_batch;
   long              look_every_ms;        // between two looks at the terminal for a command in doubt
   int               tries_max;            // orders of one command at most
   long              retry_ms;             // before a refused order is tried again; doubles
   long              answer_backoff_max_ms;
   int               request_timeout_ms;
   bool              poll_is_fixed;        // an input, not the server's
   bool              heartbeat_is_fixed;
   long              deviation;            // points, where the command names none
   double            max_lots;             // guards; 0: none
   int               max_positions;
   string            allowed_symbols;
   bool              close_only;
  };

NgSettings g_set;

// The servers, in the order in which they are tried.
string g_urls[];
string g_url_keys[];
int    g_url_at = 0;
string g_host = "";
int    g_port = NG_DEFAULT_PORT;
bool   g_secure = false;
string g_key = "";

void SettingsDefaults()
  {
   g_set.login = StringFormat("%I64d", AccountInfoInteger(ACCOUNT_LOGIN));
   g_set.trade_server = AccountInfoString(ACCOUNT_SERVER);
   g_set.folder = TerminalInfoString(TERMINAL_DATA_PATH);
   g_set.tries_max = 10;
   g_set.retry_ms = 100;
   g_set.answer_backoff_max_ms = 15000;
   g_set.request_timeout_ms = 1000;
   g_set.sync_ms = 30000;
   g_set.tick_ms = 100;
   g_set.tick_batch = 100;
  }

// Ten looks within the settle time, but no more than one a second.
void SettingsSettle(const long settle_ms)
  {
   g_set.settle_ms = settle_ms;
   long every = settle_ms / 10;
   g_set.look_every_ms = every > 1000 ? 1000 : (every < 20 ? 20 : every);
  }

// How long a command may be at work before its lease is renewed: two polls, for a lease lasts three.
long ProgressMs()
  {
   return g_set.poll_ms * 2 > 500 ? g_set.poll_ms * 2 : 500;
  }

// The answer to connect says how often (contract: cadence expected of an EA).
void SettingsFromServer(const NgJson &doc, const int settings)
  {
   double heartbeat = JsonDoubleOf(doc, settings, "heartbeat_interval_sec", 0.0);
   double poll = JsonDoubleOf(doc, settings, "command_poll_interval_sec", 0.0);
   double sync = JsonDoubleOf(doc, settings, "trade_sync_interval_sec", 0.0);
   double ticks = JsonDoubleOf(doc, settings, "tick_batch_interval_sec", 0.0);
   long batch = JsonWholeOf(doc, settings, "tick_batch_size", 0);
   if(heartbeat > 0.0 && !g_set.heartbeat_is_fixed)
      g_set.heartbeat_ms = (long)(heartbeat * 1000.0);
   if(poll > 0.0 && !g_set.poll_is_fixed)
      g_set.poll_ms = (long)(poll * 1000.0);
   if(sync > 0.0)
      g_set.sync_ms = (long)(sync * 1000.0);
   if(ticks > 0.0)
      g_set.tick_ms = (long)(ticks * 1000.0);
   if(batch > 0 && batch <= 10000)
      g_set.tick_batch = (int)batch;
  }

// Reads the server's URL and its backups. False: the first one is none, and `problem` says why.
bool SettingsServers(const string server, const string backups, const string key, string &problem)
  {
   string texts[];
   string all = server + (backups == "" ? "" : "," + backups);
   int count = StringSplit(all, ',', texts);
   ArrayResize(g_urls, 0);
   ArrayResize(g_url_keys, 0);
   for(int at = 0; at < count; at++)
     {
      string url = texts[at];
      StringTrimLeft(url);
      StringTrimRight(url);
      if(url == "")
         continue;
      int known = ArraySize(g_urls);
      ArrayResize(g_urls, known + 1);
      ArrayResize(g_url_keys, known + 1);
      int hash = StringFind(url, "#");
      g_urls[known] = hash < 0 ? url : StringSubstr(url, 0, hash);
      g_url_keys[known] = hash < 0 ? key : StringSubstr(url, hash + 1);
      if(!UrlRead(g_urls[known]))
        {
         problem = "\"" + g_urls[known] + "\" is not the URL of a server: write http://HOST:9900";
         return false;
        }
     }
   if(ArraySize(g_urls) == 0)
     {
      problem = "set Server to the URL of the server, http://HOST:9900, or to the code that `ngtb pair` shows";
      return false;
     }
   UrlUse(0);
   return true;
  }

// The next server of the list is asked from now on.
void UrlNext()
  {
   int next = (g_url_at + 1) % ArraySize(g_urls);
   if(next != g_url_at)
      UrlUse(next);
  }

void UrlUse(const int at)
  {
   g_url_at = at;
   bool fits = UrlRead(g_urls[at]);
   if(fits && g_url_keys[at] != "")
      g_key = g_url_keys[at];
  }

// Host, port and whether it is TLS.
bool UrlRead(const string url)
  {
   string rest = "";
   if(StringFind(url, "http://") == 0)
      rest = StringSubstr(url, 7);
   else
      if(StringFind(url, "https://") == 0)
         rest = StringSubstr(url, 8);
      else
         return false;
   g_secure = StringFind(url, "https://") == 0;
   int slash = StringFind(rest, "/");
   if(slash >= 0)
      rest = StringSubstr(rest, 0, slash);
   int colon = StringFind(rest, ":");
   g_port = NG_DEFAULT_PORT;
   if(colon >= 0)
     {
      g_port = (int)StringToInteger(StringSubstr(rest, colon + 1));
      rest = StringSubstr(rest, 0, colon);
     }
   g_host = rest;
   return g_host != "" && g_port > 0 && g_port < 65533;
  }

// Where an endpoint is: the four ports stand one behind the other.
string UrlOf(const int plane, const string path)
  {
   return StringFormat("%s://%s:%d%s", g_secure ? "https" : "http", g_host, g_port + plane, path);
  }
