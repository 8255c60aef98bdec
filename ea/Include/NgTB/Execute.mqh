// Contract §5 for a command that sends one order, in the order of the contract.
//
//   E1. Between the durable intent and the order there is nothing, and the deadline is read last (P5).
//   E2. An order whose outcome is unknown is never sent again, except by the type's own rule (Settle.mqh).
//   E3. A type that must read first sends nothing on what it read more than a second ago (K24).

#define NG_LOOK_FRESH_MS 1000

void JobBegin(NgJob &job)
  {
   if(job.account != "" && job.account != g_set.login)
     {
      Reject(job, "it is for login " + job.account + ", not " + g_set.login);
      return;
     }
   if(!IsKnownType(job.type))
     {
      Reject(job, "this EA does not know the command type " + job.type);
      return;
     }
   if(job.command_no < 1)
     {
      Reject(job, "command_no is missing: the order could not be tagged");
      return;
     }
   if(IsOneOrder(job.type))
      CarryOut(job);
   else
      if(job.type == "CLOSE_ALL")
         CloseAllBegin(job);
      else
         SmallBegin(job);
  }

// Steps 1 to 5 of one command.
void CarryOut(NgJob &job)
  {
   string problem = CommandProblem(job);
   if(job.command_no <= g_mem.unproven_to && problem == "")
     {
      // A record that can't be read, or that a copy has, may have sent it: it is at its intent, and only looked for.
      RecordIntent(job, true);
      job.in_doubt = true;
      job.doubt_since = g_now;
      JobPause(job, NG_STAGE_DOUBT, g_set.look_every_ms);
      return;
     }
   string unfit = problem != "" ? problem : RefusedFirst(job); // step 1
   if(unfit != "")
     {
      Reject(job, unfit);
      return;
     }
   bool doubtful = job.attempt > 1 || job.command_no <= g_mem.look_to;
   job.then = NG_THEN_INTENT;
   job.look_began = g_now;
   if(doubtful || !IsOpening(job.type))
      LookFirst(job); // step 3
   else
      Intend(job);
  }

// Step 1: what is refused before anything is looked at; "": nothing.
string RefusedFirst(const NgJob &job)
  {
   string general = RefusedForAll();
   if(general != "")
      return general;
   if(IsOpening(job.type))
     {
      if(TagNumber(job.magic) != job.command_no)
         return "magic " + TicketOf(job.magic) + " is not this command's tag";
      string guard = GuardAgainst(job);
      if(guard != "")
         return guard;
     }
   return OvertakenBy(job);
  }

string RefusedForAll()
  {
   return LoginDiffers() ? "the terminal is logged in with " + g_terminal.login + ", not with " + g_set.login : "";
  }

// What came later and forbids it, as a sentence; "": nothing.
string OvertakenBy(const NgJob &job)
  {
   if(ResendNever(job.type))
     {
      long generation = LargerOf(GenerationOf(job.symbol, TagStrategy(job.magic)), job.generation);
      if(generation > job.command_no)
         return StringFormat("the emergency stop %I64d shuts it out", generation);
     }
   long newest = NewerModify(job);
   return newest == 0 ? "" : StringFormat("superseded by command %I64d", newest);
  }

// The newer MODIFY of the same thing; 0: this is the newest.
long NewerModify(const NgJob &job)
  {
   if(!IsModify(job.type))
      return 0;
   long newest = NewestModify(job.type, job.ticket);
   return newest > job.command_no ? newest : 0;
  }

bool MaySend(const NgJob &job)
  {
   if(LoginDiffers() || !g_is_owner)
      return false;
   return job.type != "CLOSE_TRADE" || !g_terminal.netting || HasLease();
  }

// Steps 4 and 5: the deadline, then the intent on the disk, then the order.
void Intend(NgJob &job)
  {
   if(DeadlineIsPast(job.deadline))
     {
      Expire(job);
      return;
     }
   // Not any more: it was fenced while it looked. Who owns the account is handed the command.
   if(!MaySend(job))
     {
      job.stage = NG_STAGE_OVER;
      return;
     }
   RecordIntent(job, false);
   if(!JournalFlush())
      return;
   SendNow(job);
  }

// Sends, and says what came of it. The intent, or the try, is on the disk.
void SendNow(NgJob &job)
  {
   ClockRead();
   // The last thing before the order: the flush may have taken long.
   if(DeadlineIsPast(job.deadline) || !MaySend(job) || OvertakenBy(job) != "")
     {
      if(job.in_doubt)
         JobPause(job, NG_STAGE_DOUBT, g_set.look_every_ms);
      else
         NotSent(job);
      return;
     }
   if(LookIsOld(job)) // E3
     {
      job.then = NG_THEN_SEND;
      job.look_began = g_now;
      JobPause(job, job.in_doubt ? NG_STAGE_DOUBT : NG_STAGE_LOOK, 0);
      return;
     }
   NgStamp sent_at = g_now;
   JobTouch(job, -1.0, "");
   NgSent sent;
   OrderOf(job, sent);
   if(sent.nothing)
     {
      JobUntouch(job);
      job.then = NG_THEN_SEND;
      job.look_began = g_now;
      JobPause(job, job.in_doubt ? NG_STAGE_DOUBT : NG_STAGE_LOOK, g_set.look_every_ms);
      return;
     }
   JobSent(job, sent, sent_at); // step 6
  }

bool LookIsOld(const NgJob &job)
  {
   return ReadsFirst(job.type, g_terminal.netting) &&
          (!job.has_seen || g_now.mono_ms - job.seen_at.mono_ms > NG_LOOK_FRESH_MS);
  }

void JobSent(NgJob &job, const NgSent &sent, const NgStamp &sent_at)
  {
   int word = RetryWord(job.type, sent.retcode);
   if(word == NG_WORD_DONE && (!IsOpening(job.type) || sent.position != "" || sent.order != ""))
     {
      JobTouch(job, VolumeAfter(job, sent), sent.deal);
      TouchLevels(job);
      Complete(job, "journal", SentJson(job, sent));
      return;
     }
   // A refusal is definite for this try; an earlier one of unknown outcome is not refused by it.
   bool definite = !job.in_doubt && (word == NG_WORD_REFUSED || word == NG_WORD_TRANSIENT);
   if(definite)
      JobUntouch(job);
   if(definite && word == NG_WORD_REFUSED)
     {
      Refused(job, sent);
      return;
     }
   if(word == NG_WORD_TRANSIENT)
     {
      RetryLater(job, sent);
      return;
     }
   if(word != NG_WORD_REFUSED)
     {
      job.in_doubt = true;
      job.doubt_since = sent_at;
     }
   JobPause(job, NG_STAGE_DOUBT, word == NG_WORD_PARTLY ? 0 : g_set.look_every_ms);
  }

// Lots afterwards of what the order touched; below 0: nobody knows.
double VolumeAfter(const NgJob &job, const NgSent &sent)
  {
   if(job.type == "CLOSE_TRADE")
      return 0.0;
   if(job.type != "CLOSE_PARTIAL" && job.type != "CLOSE_BY")
      return -1.0;
   if(!job.has_compare)
      return -1.0;
   return sent.volume > 0.0 && job.type == "CLOSE_PARTIAL" ? NormalizeDouble(job.compare_expected - sent.volume, 8)
          : job.compare_remaining;
  }

// Openings and cancels touch nothing that is there.
bool JobTouches(const NgJob &job)
  {
   return !IsOpening(job.type) && job.type != "CANCEL_PENDING";
  }

void JobTouch(const NgJob &job, const double volume, const string deal)
  {
   if(JobTouches(job))
      TouchNote(IsModify(job.type), job.ticket, job.id, volume, deal);
  }

void JobUntouch(const NgJob &job)
  {
   if(JobTouches(job))
      TouchForget(IsModify(job.type), job.ticket, job.id);
  }

// A definite no; but what was wanted may be there for another reason (the position is gone, the order filled).
void Refused(NgJob &job, const NgSent &sent)
  {
   if(job.ticket != "")
     {
      NgLook look;
      JobLook(job, look);
      NgReading reading;
      ReadingOf(job, look, reading);
      if(reading.kind == NG_READ_DONE && !ShowsPast(job, look))
        {
         Complete(job, reading.evidence, reading.response);
         return;
        }
     }
   RecordRejected(job, "retcode", false, Refusal(sent.comment, false, sent.retcode));
  }

// A requote or the like: a fresh try before the deadline, journaled first.
void RetryLater(NgJob &job, const NgSent &sent)
  {
   if(job.tries < g_set.tries_max)
     {
      long wait = g_set.retry_ms;
      for(int at = 1; at < job.tries && wait < 2000; at++)
         wait *= 2;
      job.last_retcode = sent.retcode;
      job.last_comment = sent.comment;
      JobPause(job, NG_STAGE_RETRY, wait > 2000 ? 2000 : wait);
      return;
     }
   RetryOver(job, sent.retcode, sent.comment);
  }

void RetryOver(NgJob &job, const uint retcode, const string comment)
  {
   if(job.in_doubt)
     {
      JobPause(job, NG_STAGE_DOUBT, g_set.look_every_ms);
      return;
     }
   // An idempotent command is handed out again by the server: this answer is for this attempt only.
   RecordRejected(job, "retcode", !IsOpening(job.type), Refusal(comment, true, retcode));
  }

void JobRetry(NgJob &job)
  {
   if(DeadlineIsPast(job.deadline) || !MaySend(job) || OvertakenBy(job) != "")
     {
      RetryOver(job, job.last_retcode, job.last_comment);
      return;
     }
   job.then = NG_THEN_TRY;
   job.look_began = g_now;
   // Prices moved, and so may the position have: what compares reads again.
   if(ReadsFirst(job.type, g_terminal.netting))
      LookFirst(job);
   else
      TryAgain(job);
  }

void TryAgain(NgJob &job)
  {
   job.tries++;
   Record("\"kind\":\"try\",\"command_id\":" + JsonQuote(job.id) + StringFormat(",\"try_no\":%d", job.tries));
   if(JournalFlush())
      SendNow(job);
  }

// Nothing is at the broker: the tries before this one, if any, were refused.
void NotSent(NgJob &job)
  {
   bool late = DeadlineIsPast(job.deadline);
   if(job.tries == 1 && late)
     {
      Expire(job);
      return;
     }
   string overtaken = OvertakenBy(job);
   string error = overtaken != "" ? overtaken : "it was not sent: its time was over, or the account has another owner";
   // What may go to another owner, and come back from there: this is the word about this attempt only.
   RecordRejected(job, "settled", !late && overtaken == "" && !ResendNever(job.type), Refusal(error, overtaken == "", 0));
  }
