// What comes in with replies and pushes: commands, and the heads that each of them carries.

void SessionCommands(const NgJson &doc, const NgStamp &from)
  {
   int list = JsonFind(doc, 0, "commands");
   if(!JsonIs(doc, list, NG_JSON_LIST))
      return;
   for(int node = doc.child[list]; node >= 0; node = doc.next[node])
     {
      NgJob job;
      if(!CommandRead(doc, node, job))
         continue;
      g_commands_seen++;
      int ttl = JsonFind(doc, node, "ttl_ms");
      job.deadline.known = true;
      job.deadline.from = from;
      job.deadline.heard = g_now;
      job.deadline.endless = JsonIs(doc, ttl, NG_JSON_NULL);
      // No word about the time is not "no limit": what may not be late is late.
      job.deadline.ttl_ms = JsonDouble(doc, ttl, 0.0);
      InboxTake(job);
     }
  }

// It is new, it is in hand, or it was answered before.
void InboxTake(const NgJob &job)
  {
   int at = JobFind(job.id);
   if(at >= 0)
     {
      // What goes on from the journal was begun on another clock: it has no times.
      if(TimesFind(job.id) >= 0)
         TimesReceived(job.id);
      g_jobs[at].attempt = LargerOf(g_jobs[at].attempt, job.attempt);
      if(!g_jobs[at].deadline.known)
         g_jobs[at].deadline = job.deadline;
      if(g_jobs[at].stage != NG_STAGE_QUEUED)
         AnswerProgress(job.id, job.command_no, g_jobs[at].attempt);
      return;
     }
   int entry = MemoryFind(job.id);
   bool is_final = entry >= 0 && g_entries[entry].final_kind != NG_NO_FINAL;
   // That refusal was for its attempt only: this is a new one.
   bool anew = is_final && g_entries[entry].final_kind == NG_REJECTED && g_entries[entry].again && job.attempt > g_entries[entry].attempt;
   int waiting = AnswerFind(job.id);
   if(waiting >= 0 && !anew)
      AnswerAgain(waiting, job.attempt);
   else
      if(is_final && !anew)
         AnswerFromMemory(entry, job.attempt, false, false);
      else
        {
         TimesReceived(job.id);
         JobAdd(job);
        }
  }

// What any reply or push of this epoch brings: revision, generations, mark, incarnation.
void SessionHeads(const NgJson &doc)
  {
   SessionRev(doc);
   int list = JsonFind(doc, 0, "generations");
   if(JsonIs(doc, list, NG_JSON_LIST))
      for(int node = doc.child[list]; node >= 0; node = doc.next[node])
        {
         int symbol = JsonFind(doc, node, "symbol");
         bool any = !JsonIs(doc, symbol, NG_JSON_TEXT);
         string name = JsonText(doc, symbol, "");
         long strategy_no = JsonWholeOf(doc, node, "strategy_no", -1);
         long command_no = JsonWholeOf(doc, node, "command_no", 0);
         if(command_no > 0 && !GenerationKnown(any, name, strategy_no, command_no))
            Record(GenerationBody(any, name, strategy_no, command_no));
        }
   MemoryMark(JsonWholeOf(doc, 0, "audit_no", 0), JsonTextOf(doc, 0, "audit_hash", ""));
   long incarnation = JsonWholeOf(doc, 0, "incarnation", -1);
   if(incarnation >= 0 && ReplayHeard(incarnation))
      HistoryAgain();
   if(!JournalFlush())
      return;
   AnswersRelease();
  }
