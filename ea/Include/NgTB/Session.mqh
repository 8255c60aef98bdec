// The session with the server: epoch, ownership, when to connect, what comes in with its replies.
//
//   N1. An epoch is on the disk before anything is said or done under it.
//   N2. A reply or push of another epoch than the session's is dead.
//   N3. Nothing begins before a connect was accepted: a journal that is a copy acts on nothing that it remembers (K20).

#define NG_STAMPS  512
#define NG_BACK_MS 3000
#define NG_PUSH_RETRY_MS 60000

long    g_lost_at = 0;
long    g_not_before = 0;        // no connect before
long    g_connect_sent = 0;      // one is under way since; 0: none
int     g_connect_tries = 0;
long    g_highest_tag = 0;
long    g_push_tried = 0;
bool    g_push_this_time = false;
NgStamp g_stamps[];
int     g_stamp_count = 0;
long    g_next_heartbeat = 0;
long    g_next_poll = 0;
bool    g_poll_under_way = false;
bool    g_heartbeat_under_way = false;
long    g_heartbeats = 0;
long    g_commands_seen = 0;

bool SessionKnown()
  {
   return g_epoch >= 0 && g_welcome;
  }

// The line was lost a moment ago: answers wait for the new one, for they would only hold it up.
bool SessionIsBack()
  {
   return g_state == NG_OFFLINE && g_now.mono_ms - g_lost_at < NG_BACK_MS;
  }

// What every message of a native EA carries. Remembers its clocks: a push may be anchored to it (P5).
string SessionFields()
  {
   SessionStamp();
   string fields = "\"journal_id\":\"" + g_mem.journal_id + StringFormat("\",\"epoch\":%I64d,\"mono_ms\":%I64d", g_epoch, g_now.mono_ms) +
                   StringFormat(",\"incarnation\":%I64d", g_mem.incarnation);
   if(g_mem.audit_no > 0)
      fields += StringFormat(",\"audit_no\":%I64d,\"audit_hash\":\"%s\"", g_mem.audit_no, g_mem.audit_hash);
   return fields;
  }

void SessionStamp()
  {
   if(ArraySize(g_stamps) < NG_STAMPS)
      ArrayResize(g_stamps, NG_STAMPS);
   g_stamps[g_stamp_count % NG_STAMPS] = g_now;
   g_stamp_count++;
  }

// Both clocks of the message that a push is anchored to; the next older one if it is forgotten.
bool SessionAnchor(const double mono_ms, NgStamp &stamp)
  {
   for(int back = 1; back <= NG_STAMPS && back <= g_stamp_count; back++)
     {
      int at = (g_stamp_count - back) % NG_STAMPS;
      if((double)g_stamps[at].mono_ms <= mono_ms)
        {
         stamp = g_stamps[at];
         return true;
        }
     }
   return false;
  }

string TerminalWord()
  {
   return JsonField("terminal_connected", JsonFlag(g_terminal.connected)) + JsonField("trade_blocked_by", g_terminal.blocked_by);
  }

// Connects when it is time: with a socket, if one can be had.
void SessionConnect()
  {
   if(g_state == NG_ONLINE || !g_started_up || g_halted)
      return;
   if(g_connect_sent > 0)
      return;
   if(g_socket.state == NG_WS_UPGRADING)
      return;
   if(g_now.mono_ms < g_not_before)
      return;
   if(g_set.push && !g_secure && g_key != "" && g_socket.state == NG_WS_CLOSED && !g_push_this_time)
     {
      g_push_this_time = true;
      g_push_tried = g_now.mono_ms;
      if(SocketOpen(g_socket, g_host, g_port, g_key))
         return;
     }
   g_push_this_time = false;
   if(!JournalFlush())
      return;
   g_connect_sent = g_now.mono_ms;
   SessionStamp();
   LinkSay(NG_SAY_CONNECT, ConnectFields());
  }

string ConnectFields()
  {
   return "\"broker\":" + JsonQuote(AccountInfoString(ACCOUNT_COMPANY)) +
          StringFormat(",\"platform\":\"MT5\",\"timestamp\":%I64d", (long)TimeCurrent()) +
          ",\"available_symbols\":" + SymbolsJson() + ",\"account_info\":" + AccountJson() +
          ",\"protocol\":2,\"journal_id\":\"" + g_mem.journal_id +
          StringFormat("\",\"last_epoch\":%I64d,\"highest_command_no\":%I64d,\"incarnation\":%I64d,\"mono_ms\":%I64d", g_mem.last_epoch,
                       LargerOf(g_mem.highest_command_no, g_highest_tag), g_mem.incarnation, g_now.mono_ms) +
          (g_mem.audit_no > 0 ? StringFormat(",\"audit_no\":%I64d,\"audit_hash\":\"%s\"", g_mem.audit_no, g_mem.audit_hash) : "") +
          StringFormat(",\"poll_interval_ms\":%I64d,\"settle_ms\":%I64d", g_set.poll_ms, g_set.settle_ms) +
          JsonField("margin_mode", g_terminal.netting ? "\"netting\"" : "\"hedging\"") +
          JsonField("trade_server", JsonQuote(g_set.trade_server)) + TerminalWord();
  }

// The server's word on a connect; http 0: none.
void SessionConnected(const int http, const NgJson &doc, const NgStamp &sent)
  {
   g_connect_sent = 0;
   string error = JsonTextOf(doc, 0, "error", "");
   if(http == 200 && JsonWholeOf(doc, 0, "protocol", 1) == 2 && JsonWholeOf(doc, 0, "epoch", -1) >= 0)
     {
      SessionAccepted(doc, sent);
      return;
     }
   if(error == "NGTB_OWNER_OTHER")
     {
      double seconds = JsonDoubleOf(doc, 0, "retry_after_s", g_retry_after_s > 0.0 ? g_retry_after_s : (double)g_lease_ms / 1000.0);
      SessionEnd(NG_STANDBY, (long)(seconds * 1000.0));
      JobsDrop();
      LogInfo("another EA owns this account: this one waits as a standby");
      return;
     }
   if(error == "NGTB_JOURNAL_COPY")
     {
      LogWarn("the journal is a copy or an old image: a new one begins, and the old file is kept");
      JobsDrop();
      SessionEnd(NG_OFFLINE, 0);
      BeginAnew();
      return;
     }
   g_connect_tries++;
   if(http > 0)
      LogLocal(StringFormat("the server refused the connect: %d %s", http, error) + ConnectRemedy(http));
   if(http == 0 && g_connect_tries % 3 == 0)
      UrlNext();
   SessionEnd(NG_OFFLINE, BackoffMs(g_connect_tries - 1, 250, 15000));
  }

string ConnectRemedy(const int http)
  {
   if(http == 403 || http == 401)
      return ": the key is not this account's. `ngtb pair` shows a code for the input Server";
   if(http == 200)
      return ": it takes no EA of protocol 2 without a key. `ngtb pair` shows a code for the input Server";
   return "";
  }

void SessionAccepted(const NgJson &doc, const NgStamp &sent)
  {
   string key = JsonTextOf(doc, 0, "api_key", "");
   bool enrolled = key != "" && g_key == "";
   if(key != "" && key != g_key)
      KeyKeep(key);
   g_connect_tries = 0;
   g_lease_ms = JsonWholeOf(doc, 0, "owner_lease_ms", g_lease_ms);
   g_lease_from = sent;
   g_has_lease = true;
   g_is_owner = true;
   g_epoch = JsonWholeOf(doc, 0, "epoch", 0);
   long command_no = JsonWholeOf(doc, 0, "command_no", 0);
   bool went_back = JsonWholeOf(doc, 0, "incarnation", 0) > g_mem.incarnation;
   long unproven_to = g_mem.unproven ? LargerOf(g_mem.unproven_to, command_no) : g_mem.unproven_to;
   long look_to = g_mem.unproven || went_back ? LargerOf(g_mem.look_to, command_no) : g_mem.look_to;
   long twin_to = g_mem.has_twin ? LargerOf(g_mem.twin_to, command_no) : g_mem.twin_to;
   string mark = "";
   long audit_no = JsonWholeOf(doc, 0, "audit_no", 0);
   if(audit_no > 0)
      mark = StringFormat(",\"mark\":{\"audit_no\":%I64d,\"audit_hash\":\"%s\"}", audit_no, JsonTextOf(doc, 0, "audit_hash", ""));
   // Whatever an unreadable record may have sent was made before this connect.
   Record(StringFormat("\"kind\":\"epoch\",\"epoch\":%I64d", g_epoch) + JsonField("boot_id", "\"" + BootId() + "\"") +
          StringFormat(",\"unproven_to\":%I64d,\"look_to\":%I64d,\"twin_to\":%I64d", unproven_to, look_to, twin_to) + mark);
   if(!JournalFlush()) // N1
      return;
   g_state = NG_ONLINE;
   g_poll_under_way = false;
   g_heartbeat_under_way = false;
   SettingsFromServer(doc, JsonFind(doc, 0, "settings"));
   TradesBegin(doc);
   EventsBegin(g_trade_stream, doc);
   EventsBegin(g_log_stream, doc);
   TicksBegin(doc);
   if(!g_welcome)
      GoOn();
   g_welcome = true;
   SessionHeads(doc);
   AnswersAllDue();
   g_next_heartbeat = g_now.mono_ms;
   g_next_poll = g_now.mono_ms;
   LogInfo(StringFormat("connected to %s:%d, epoch %I64d, by %s", g_host, g_port, g_epoch,
                        g_socket.state == NG_WS_OPEN ? "socket" : "polling (CheckForCommands)"));
   // A socket needs the key, which only just came: once more, with it.
   if(enrolled && g_set.push && !g_secure)
      SessionEnd(NG_OFFLINE, 0);
  }

void SessionEnd(const int state, const long wait_ms)
  {
   g_state = state;
   g_not_before = g_now.mono_ms + wait_ms;
   g_connect_sent = 0;
   g_push_this_time = false;
   if(g_socket.state != NG_WS_CLOSED)
     {
      SocketEnd(g_socket, 0);
      LinkForget();
     }
  }

// The new owner's lease must end before this EA can be welcome.
void SessionFenced()
  {
   LogWarn("fenced: another EA owns the account, or the ledger went back; connecting anew");
   SessionEnd(NG_OFFLINE, g_lease_ms);
   JobsDrop();
  }

void SessionLineGone(const int code)
  {
   if(code == 4409)
     {
      SessionFenced();
      return;
     }
   if(g_state == NG_STANDBY)
      return;
   g_lost_at = g_now.mono_ms;
   LogInfo(StringFormat("the socket closed with %d; connecting anew", code));
   g_connect_sent = 0;
   SessionEnd(NG_OFFLINE, BackoffMs(g_connect_tries, 100, 5000));
  }

// A ping that was answered: the owner's lease runs from here.
void SessionAlive()
  {
   if(g_state != NG_ONLINE)
      return;
   g_lease_from = g_now;
   g_has_lease = true;
  }

bool SessionSpeaks(const NgJson &doc)
  {
   return g_epoch >= 0 && g_state != NG_STANDBY && JsonWholeOf(doc, 0, "epoch", -1) == g_epoch;
  }

bool IsFenced(const int http, const NgJson &doc)
  {
   return http == 409 && JsonTextOf(doc, 0, "error", "") == "NGTB_FENCED";
  }

// The answer to a poll or heartbeat.
void SessionHeard(const int verb, const int http, const NgJson &doc, const NgStamp &sent)
  {
   if(verb == NG_SAY_POLL)
      g_poll_under_way = false;
   else
      g_heartbeat_under_way = false;
   if(IsFenced(http, doc))
     {
      SessionFenced();
      return;
     }
   if(http == 401 || http == 403)
     {
      LogLocal("the server does not know the key any more: `ngtb pair` shows a code for the input Server");
      SessionEnd(NG_OFFLINE, BackoffMs(3, 1000, 15000));
      return;
     }
   if(http != 200)
     {
      g_next_poll = g_now.mono_ms + BackoffMs(g_failures, g_set.poll_ms, 15000);
      g_next_heartbeat = LargerOf(g_next_heartbeat, g_next_poll);
      return;
     }
   if(!SessionSpeaks(doc))
      return;
   g_lease_from = sent;
   g_has_lease = true;
   if(verb == NG_SAY_HEARTBEAT)
      g_heartbeats++;
   SessionHeads(doc);
   SessionCommands(doc, sent);
   if(verb == NG_SAY_HEARTBEAT && JsonBool(doc, JsonFind(doc, 0, "sync"), false))
      g_next_sync = g_now.mono_ms;
  }

// What the server pushed by itself.
void SessionPushed(const NgJson &doc)
  {
   if(!SessionSpeaks(doc))
      return;
   SessionHeads(doc);
   NgStamp from;
   // Without an anchor nobody can say how old it is: it is handed out again.
   if(SessionAnchor(JsonDoubleOf(doc, 0, "anchor_ms", -1.0), from))
      SessionCommands(doc, from);
  }

// The reply to a fact: answers and events.
void SessionFact(const int http, const NgJson &doc)
  {
   if(IsFenced(http, doc))
     {
      SessionFenced();
      return;
     }
   if(http != 200)
      return;
   SessionRev(doc);
   MemoryMark(JsonWholeOf(doc, 0, "audit_no", 0), JsonTextOf(doc, 0, "audit_hash", ""));
  }

// Heartbeats and, without a socket, polls: by the clock.
void SessionDuties()
  {
   if(g_state != NG_ONLINE)
      return;
   bool pushed = g_socket.state == NG_WS_OPEN;
   bool polls = !pushed && !g_poll_under_way && g_now.mono_ms >= g_next_poll;
   if(!polls && !g_heartbeat_under_way && g_now.mono_ms >= g_next_heartbeat)
     {
      g_next_heartbeat = g_now.mono_ms + g_set.heartbeat_ms;
      g_heartbeat_under_way = true;
      LinkSay(NG_SAY_HEARTBEAT, HeartbeatFields());
      return;
     }
   if(!polls)
      return;
   if(g_set.push && !g_secure && g_key != "" && g_now.mono_ms - g_push_tried > NG_PUSH_RETRY_MS)
     {
      // A new session, this time by the socket if it can be had.
      SessionEnd(NG_OFFLINE, 0);
      return;
     }
   CheckForCommands();
  }

// Asks for commands where no socket brings them.
void CheckForCommands()
  {
   LogDebug("CheckForCommands");
   g_next_poll = g_now.mono_ms + g_set.poll_ms;
   g_poll_under_way = true;
   LinkSay(NG_SAY_POLL, SessionFields());
  }

string HeartbeatFields()
  {
   return "\"balance\":" + JsonNumber(AccountInfoDouble(ACCOUNT_BALANCE)) + JsonField("equity", JsonNumber(AccountInfoDouble(ACCOUNT_EQUITY))) +
          JsonField("margin", JsonNumber(AccountInfoDouble(ACCOUNT_MARGIN))) +
          JsonField("free_margin", JsonNumber(AccountInfoDouble(ACCOUNT_MARGIN_FREE))) +
          StringFormat(",\"open_positions\":%d", PositionsTotal()) + JsonField("latency_ms", JsonNumber(NormalizeDouble(g_latency_ms, 3))) +
          "," + SessionFields() + TerminalWord() + TradesAgreement();
  }
