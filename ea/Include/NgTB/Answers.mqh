// Answers on their way: each comes again with backoff until the server has acknowledged it.
//
//   A1. An answer that rests on a record leaves only when the record is on the disk.
//   A2. An acknowledgement counts for the very answer that was sent, not for a later one of the same command.
//   A3. Progress is said once and not repeated: it only renews a lease.

#define NG_ANSWERS_MAX 100

struct NgAnswer
  {
   string            command_id;
   long              command_no;
   long              attempt;
   string            status;
   string            evidence;      // "": none
   string            response;      // JSON
   bool              replay;
   bool              progress;
   bool              held;          // its record is not on the disk yet
   bool              alone;         // a batch with it was refused: it holds up no other
   int               tries;
   long              due;
   long              serial;        // which answer it is (A2)
   string            times;         // fields of JSON; "": none are known
  };

NgAnswer g_answers[];
long     g_answer_serial = 0;
// Serials of the message that is under way.
long     g_answers_sent[];
bool     g_answers_under_way = false;
string   g_acked_ids[];
long     g_acked_since = 0;

int AnswerFind(const string command_id)
  {
   for(int at = 0; at < ArraySize(g_answers); at++)
      if(g_answers[at].command_id == command_id && !g_answers[at].progress)
         return at;
   return -1;
  }

void AnswerPut(const string command_id, const long command_no, const long attempt, const string status,
               const string evidence, const string response, const bool held, const bool replay)
  {
   int at = AnswerFind(command_id);
   if(at >= 0)
      ArrayRemove(g_answers, at, 1);
   int count = ArraySize(g_answers);
   ArrayResize(g_answers, count + 1, 64);
   g_answer_serial++;
   g_answers[count].command_id = command_id;
   g_answers[count].command_no = command_no;
   g_answers[count].attempt = attempt;
   g_answers[count].status = status;
   g_answers[count].evidence = evidence;
   g_answers[count].response = response;
   g_answers[count].replay = replay;
   g_answers[count].progress = status == "progress";
   g_answers[count].held = held;
   g_answers[count].alone = false;
   g_answers[count].tries = 0;
   g_answers[count].due = 0;
   g_answers[count].serial = g_answer_serial;
   // What is told again of another time has no times of this one.
   g_answers[count].times = replay || status == "progress" ? "" : TimesFields(command_id);
  }

// The answer that the journal holds for this command.
void AnswerFromMemory(const int entry, const long attempt, const bool held, const bool replay)
  {
   string status = g_entries[entry].final_kind == NG_DONE ? "completed" : "failed";
   AnswerPut(g_entries[entry].id, g_entries[entry].command_no, attempt, status, g_entries[entry].evidence,
             g_entries[entry].response, held, replay);
  }

// It was handed out again: the server does not know the answer yet.
void AnswerAgain(const int at, const long attempt)
  {
   g_answer_serial++;
   g_answers[at].attempt = attempt;
   g_answers[at].due = 0;
   g_answers[at].serial = g_answer_serial;
  }

void AnswerProgress(const string command_id, const long command_no, const long attempt)
  {
   if(AnswerFind(command_id) < 0)
      AnswerPut(command_id, command_no, attempt, "progress", "", "{}", false, false);
  }

// The records are on the disk.
void AnswersRelease()
  {
   for(int at = 0; at < ArraySize(g_answers); at++)
      g_answers[at].held = false;
  }

// A new session: whatever waits is said now.
void AnswersAllDue()
  {
   g_answers_under_way = false;
   for(int at = 0; at < ArraySize(g_answers); at++)
     {
      g_answers[at].due = 0;
      g_answers[at].tries = 0;
     }
  }

string AnswerJson(const int at)
  {
   return "\"command_id\":" + JsonQuote(g_answers[at].command_id) +
          JsonField("command_no", StringFormat("%I64d", g_answers[at].command_no)) +
          JsonField("attempt", StringFormat("%I64d", g_answers[at].attempt)) +
          JsonField("status", "\"" + g_answers[at].status + "\"") +
          (g_answers[at].evidence == "" ? "" : JsonField("evidence", "\"" + g_answers[at].evidence + "\"")) +
          (g_answers[at].replay ? JsonField("replay", "true") : "") + g_answers[at].times + JsonField("response", g_answers[at].response);
  }

// Sends what is due: one message at a time.
void AnswersSend()
  {
   if(g_answers_under_way || !SessionKnown() || SessionIsBack())
      return;
   string list = "";
   string one = "";
   int count = 0;
   ArrayResize(g_answers_sent, 0);
   for(int at = 0; at < ArraySize(g_answers) && count < NG_ANSWERS_MAX; at++)
     {
      if(g_answers[at].held || g_answers[at].due > g_now.mono_ms || (g_answers[at].alone && count > 0))
         continue;
      one = AnswerJson(at);
      list += (count > 0 ? ",{" : "{") + one + "}";
      g_answers[at].due = g_now.mono_ms + BackoffMs(g_answers[at].tries, g_set.poll_ms, g_set.answer_backoff_max_ms);
      g_answers[at].tries++;
      ArrayResize(g_answers_sent, count + 1);
      g_answers_sent[count] = g_answers[at].serial;
      count++;
      if(g_answers[at].alone)
         break;
     }
   if(count == 0)
      return;
   AnswersForgetProgress();
   g_answers_under_way = true;
   if(count == 1)
      LinkSay(NG_SAY_ANSWER, SessionFields() + "," + one);
   else
      LinkSay(NG_SAY_ANSWERS, SessionFields() + ",\"responses\":[" + list + "]");
  }

// A3.
void AnswersForgetProgress()
  {
   for(int at = ArraySize(g_answers) - 1; at >= 0; at--)
      if(g_answers[at].progress && g_answers[at].due > 0)
         ArrayRemove(g_answers, at, 1);
  }

// The server's word on the answers that were under way; http 0: none came.
void AnswersHeard(const int http, const NgJson &doc)
  {
   g_answers_under_way = false;
   if(http == 0)
      return;
   int results = JsonFind(doc, 0, "results");
   int node = JsonIs(doc, results, NG_JSON_LIST) ? doc.child[results] : -1;
   string error = JsonTextOf(doc, 0, "error", "");
   int count = ArraySize(g_answers_sent);
   for(int at = 0; at < count; at++)
     {
      // "It contradicts" is an acknowledgement: it was recorded, and repeating it changes nothing.
      bool taken = http == 200 || error == "NGTB_ANSWER_CONTRADICTS";
      if(results >= 0)
        {
         taken = node >= 0 && (JsonTextOf(doc, node, "status", "") == "success" ||
                               JsonTextOf(doc, node, "error", "") == "NGTB_ANSWER_CONTRADICTS");
         node = node >= 0 ? doc.next[node] : -1;
        }
      if(taken)
         AnswerAcked(g_answers_sent[at]);
      else
         if(count > 1 && (http == 400 || http == 413 || http == 422))
            AnswerApart(g_answers_sent[at]);
     }
  }

void AnswerAcked(const long serial)
  {
   for(int at = 0; at < ArraySize(g_answers); at++)
     {
      if(g_answers[at].serial != serial)
         continue;
      string id = g_answers[at].command_id;
      ArrayRemove(g_answers, at, 1);
      TimesForget(id);
      ReplayAcked(id);
      int entry = MemoryFind(id);
      if(entry >= 0 && g_entries[entry].final_kind != NG_NO_FINAL)
        {
         int count = ArraySize(g_acked_ids);
         ArrayResize(g_acked_ids, count + 1);
         g_acked_ids[count] = id;
         if(count == 0)
            g_acked_since = g_now.mono_ms;
        }
      return;
     }
  }

// These were refused together: nobody knows which of them was the reason.
void AnswerApart(const long serial)
  {
   for(int at = 0; at < ArraySize(g_answers); at++)
      if(g_answers[at].serial == serial)
         g_answers[at].alone = true;
  }

// Acknowledgements may be lost (the answer is repeated then): they wait for company, and need no flush.
void AnswersNote()
  {
   int count = ArraySize(g_acked_ids);
   if(count == 0 || (count < 200 && g_now.mono_ms - g_acked_since < 1000 && g_journal_pending == ""))
      return;
   string ids = "";
   for(int at = 0; at < count; at++)
      ids += (at > 0 ? "," : "") + JsonQuote(g_acked_ids[at]);
   ArrayResize(g_acked_ids, 0);
   bool durable = g_journal_durable;
   Record("\"kind\":\"acked\",\"command_ids\":[" + ids + "]" + MarkField());
   g_journal_durable = durable;
  }

string MarkField()
  {
   if(g_mem.audit_no <= 0)
      return "";
   return StringFormat(",\"mark\":{\"audit_no\":%I64d,\"audit_hash\":\"%s\"}", g_mem.audit_no, g_mem.audit_hash);
  }

// The ledger went back: every result of the journal is told again, then the new incarnation is named (contract §4).
long   g_replay_incarnation = 0;
string g_replay_waiting[];

// True: it is a new one to a journal that knew another.
bool ReplayHeard(const long incarnation)
  {
   long known = LargerOf(g_mem.incarnation, g_replay_incarnation);
   if(incarnation <= known)
      return false;
   g_replay_incarnation = incarnation;
   ArrayResize(g_replay_waiting, 0);
   for(int at = 0; at < ArraySize(g_entries); at++)
     {
      if(g_entries[at].final_kind == NG_NO_FINAL)
         continue;
      int count = ArraySize(g_replay_waiting);
      ArrayResize(g_replay_waiting, count + 1, 256);
      g_replay_waiting[count] = g_entries[at].id;
      AnswerFromMemory(at, g_entries[at].attempt, false, true);
     }
   ReplayOver();
   return known > 0;
  }

void ReplayAcked(const string command_id)
  {
   for(int at = 0; at < ArraySize(g_replay_waiting); at++)
      if(g_replay_waiting[at] == command_id)
        {
         ArrayRemove(g_replay_waiting, at, 1);
         ReplayOver();
         return;
        }
  }

void ReplayOver()
  {
   if(ArraySize(g_replay_waiting) == 0 && g_replay_incarnation > g_mem.incarnation)
      Record("\"kind\":\"incarnation\"" + JsonField("incarnation", StringFormat("%I64d", g_replay_incarnation)));
  }
