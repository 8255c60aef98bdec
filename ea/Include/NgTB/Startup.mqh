// Before the first connect: a journal that can be trusted or says that it can't, and the newest tag of the terminal.
// After it: what the journal left in doubt is looked for, what it left undone goes on.

bool Startup()
  {
   string text = "";
   if(!JournalOpen(text))
     {
      LogError(StringFormat("the journal can't be opened (error %d): is this EA on another chart of this terminal, too?", GetLastError()));
      return false;
     }
   MemoryRead(text);
   bool ours = g_mem.journal_id != "" && g_mem.login == g_set.login && g_mem.trade_server == g_set.trade_server &&
               g_mem.folder == g_set.folder;
   if(!ours)
     {
      if(text != "" && !JournalReplace())
         return false;
      if(!JournalOpens())
         return false;
     }
   else
      JournalGoesOn();
   JournalShrink();
   TouchesFromMemory();
   g_highest_tag = HighestTag();
   for(int at = 0; at < ArraySize(g_entries); at++)
      if(g_entries[at].final_kind != NG_NO_FINAL && !g_entries[at].acked)
         AnswerFromMemory(at, g_entries[at].attempt, false, false);
   g_started_up = JournalFlush();
   return g_started_up;
  }

// Bound to (login, trade server, terminal folder); another one means another journal.
bool JournalOpens()
  {
   MemoryReset();
   string id = MakeUuid();
   if(id == "")
      return false;
   Record("\"kind\":\"opened\",\"journal_id\":\"" + id + "\"" + JsonField("boot_id", "\"" + BootId() + "\"") + ",\"highest_command_no\":0" +
          JsonField("login", JsonQuote(g_set.login)) + JsonField("trade_server", JsonQuote(g_set.trade_server)) +
          JsonField("folder", JsonQuote(g_set.folder)));
   return JournalFlush();
  }

// Step 3's "torn, or restarted": recorded, because the next start could not see it any more.
void JournalGoesOn()
  {
   string reason = "";
   if(g_mem.torn || g_mem.damaged)
      reason = g_mem.torn ? "torn" : "damaged";
   else
      if(g_mem.boot != BootId())
         reason = "restart";
   if(reason != "")
      Record("\"kind\":\"unproven\",\"reason\":\"" + reason + "\"" + JsonField("boot_id", "\"" + BootId() + "\""));
  }

// This run of the machine. A minute more or less is the same one: the PC clock is set now and then.
string BootId()
  {
   long minute = g_boot_fixed > 0 ? g_boot_fixed : BootMinute();
   if(StringFind(g_mem.boot, "boot-") == 0 && g_boot_fixed == 0)
     {
      long known = StringToInteger(StringSubstr(g_mem.boot, 5));
      if(known - minute >= -2 && known - minute <= 2)
         return g_mem.boot;
     }
   return StringFormat("boot-%I64d", minute);
  }

#define NG_LINES_MAX  20000
#define NG_KEPT_MIN   5000
#define NG_KEPT_MS    2592000000

// A journal without what no longer matters. What must not be forgotten stays, whatever its age.
void JournalShrink()
  {
   int count = ArraySize(g_entries);
   if(g_mem.lines < NG_LINES_MAX || g_mem.lines < 3 * count)
      return;
   string lines = LineOf("{\"kind\":\"opened\",\"journal_id\":\"" + g_mem.journal_id + "\"" + JsonField("boot_id", JsonQuote(g_mem.boot)) +
                         StringFormat(",\"highest_command_no\":%I64d", g_mem.highest_command_no) + JsonField("login", JsonQuote(g_mem.login)) +
                         JsonField("trade_server", JsonQuote(g_mem.trade_server)) + JsonField("folder", JsonQuote(g_mem.folder)) + AtField() + "}");
   lines += LineOf(StringFormat("{\"kind\":\"epoch\",\"epoch\":%I64d", g_mem.last_epoch) + JsonField("boot_id", JsonQuote(g_mem.boot)) +
                   StringFormat(",\"unproven_to\":%I64d,\"look_to\":%I64d,\"twin_to\":%I64d", g_mem.unproven_to, g_mem.look_to, g_mem.twin_to) +
                   MarkField() + AtField() + "}");
   if(g_mem.unproven)
      lines += LineOf("{\"kind\":\"unproven\",\"reason\":\"" + (g_mem.has_twin ? "restart" : "damaged") + "\"" +
                      JsonField("boot_id", JsonQuote(g_mem.boot)) + AtField() + "}");
   if(g_mem.incarnation > 0)
      lines += LineOf(StringFormat("{\"kind\":\"incarnation\",\"incarnation\":%I64d", g_mem.incarnation) + AtField() + "}");
   for(int at = 0; at < ArraySize(g_generations); at++)
      lines += LineOf(g_generations[at].record);
   lines += KeptLines();
   if(JournalRewrite(lines))
      MemoryRead(lines);
  }

string AtField()
  {
   return StringFormat(",\"at\":{\"mono_ms\":%I64d,\"wall_ms\":%I64d}", g_now.mono_ms, g_now.wall_ms);
  }

string KeptLines()
  {
   string lines = "";
   string acked = "";
   int kept_acked = 0;
   for(int at = 0; at < ArraySize(g_entries); at++)
     {
      bool is_final = g_entries[at].final_kind != NG_NO_FINAL;
      bool recent = g_mem.finals - g_entries[at].final_no < NG_KEPT_MIN || g_now.wall_ms - g_entries[at].final_at.wall_ms < NG_KEPT_MS;
      if(is_final && g_entries[at].acked && !recent)
         continue;
      if(g_entries[at].intent != "")
         lines += LineOf(g_entries[at].intent);
      if(g_entries[at].intent != "" && g_entries[at].tries > 1)
         lines += LineOf("{\"kind\":\"try\",\"command_id\":" + JsonQuote(g_entries[at].id) + StringFormat(",\"try_no\":%d", g_entries[at].tries) +
                         AtField() + "}");
      if(!is_final || g_entries[at].again)
         for(int sub = 0; sub < ArraySize(g_subs); sub++)
            if(g_subs[sub].command_id == g_entries[at].id)
               lines += LineOf(g_subs[sub].record);
      if(!is_final)
         continue;
      lines += LineOf(g_entries[at].final_record);
      if(g_entries[at].acked)
        {
         acked += (kept_acked > 0 ? "," : "") + JsonQuote(g_entries[at].id);
         kept_acked++;
        }
     }
   if(kept_acked > 0)
      lines += LineOf("{\"kind\":\"acked\",\"command_ids\":[" + acked + "]" + AtField() + "}");
   return lines;
  }

// What the journal left in doubt is looked for from now on; what it left undone goes on.
void GoOn()
  {
   for(int at = 0; at < ArraySize(g_entries); at++)
     {
      NgJson doc;
      NgJob job;
      if(!MemoryInDoubt(at) || !JsonParse(g_entries[at].command, doc) || !CommandRead(doc, 0, job))
         continue;
      if(!IsOneOrder(job.type) && job.type != "CLOSE_ALL")
         continue;
      job.deadline.known = false;
      job.tries = g_entries[at].tries > 0 ? g_entries[at].tries : 1;
      job.has_compare = g_entries[at].expected >= 0.0;
      job.compare_expected = g_entries[at].expected;
      job.compare_remaining = g_entries[at].remaining;
      job.in_doubt = true;
      job.doubt_since = g_now;
      job.age_ms = IntentAgeMs(at);
      job.rerun = true;
      job.first_look_done = false;
      job.stage = job.type == "CLOSE_ALL" ? NG_STAGE_CLOSE_ALL : NG_STAGE_DOUBT;
      job.due = g_now.mono_ms + (job.type == "CLOSE_ALL" ? 0 : g_set.look_every_ms);
      JobAdd(job);
     }
  }

// How long ago the intent was written, by the PC clock.
long IntentAgeMs(const int entry)
  {
   NgJson doc;
   NgStamp at;
   if(!JsonParse(g_entries[entry].intent, doc))
      return -1;
   MemoryStamp(doc, at);
   long age = g_now.wall_ms - at.wall_ms;
   return age > 0 ? age : 0;
  }

// The journal was a copy: nothing that it says is ours (K20).
void BeginAnew()
  {
   ArrayResize(g_jobs, 0);
   ArrayResize(g_answers, 0);
   ArrayResize(g_touches, 0);
   ArrayResize(g_recent, 0);
   ArrayResize(g_replay_waiting, 0);
   g_replay_incarnation = 0;
   g_answers_under_way = false;
   g_epoch = -1;
   g_welcome = false;
   EventsForget(g_trade_stream);
   EventsForget(g_log_stream);
   if(JournalReplace() && JournalOpens())
      LogInfo("a new journal begins: " + g_mem.journal_id);
  }

// The key that the server gave at the first connect.
string KeyPath()
  {
   return "NgTB\\key-" + g_set.login + ".txt";
  }

void KeyKeep(const string key)
  {
   g_key = key;
   int file = FileOpen(KeyPath(), FILE_WRITE | FILE_BIN);
   if(file == INVALID_HANDLE || !FileAppend(file, key + "\n"))
      LogError("the key that the server gave can't be written: without it this account needs `ngtb pair`");
   if(file != INVALID_HANDLE)
      FileClose(file);
  }

string KeyRead()
  {
   if(!FileIsExist(KeyPath()))
      return "";
   int file = FileOpen(KeyPath(), FILE_READ | FILE_BIN);
   if(file == INVALID_HANDLE)
      return "";
   string key = FileText(file);
   FileClose(file);
   StringTrimRight(key);
   return key;
  }
