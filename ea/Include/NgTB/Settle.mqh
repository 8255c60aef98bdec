// Looking: before the first order where there is doubt, and after an order whose outcome is unknown.
//
//   S1. A trace that is found is proof at any time. No trace is proof only after settle, at a terminal that was
//       connected all the while.
//   S2. A look that still shows the past (Touches.mqh) proves nothing about a state.
//   S3. Where the wanted state is missing it is sent again only as the type allows: MODIFY, CANCEL and, hedging, CLOSE
//       before its deadline; netting CLOSE and what compares only after settle; openings never.
//   S4. A journal that may be a copy has a twin that may start an opening until its deadline: until then, and settle, no
//       trace proves nothing.
//   S5. Levels that are not there may have been: a newer MODIFY, a hand or the end of the position leaves no trace of
//       them. So a MODIFY in doubt that has failed never says that it was not executed (P7).

#define NG_TTL_UNKNOWN_MS 30000.0

void JobLook(NgJob &job, NgLook &look)
  {
   bool by_tag = IsOpening(job.type) || job.type == "CLOSE_TRADE" || job.type == "CLOSE_PARTIAL" || job.type == "CLOSE_BY";
   LookAt(by_tag ? job.magic : 0, IsOpening(job.type) ? "" : job.ticket, job.opposite,
          job.age_ms + g_now.mono_ms - job.born, look);
  }

// Step 3: until it knows whether it may send.
void LookFirst(NgJob &job)
  {
   // What was handed out before, to another journal, may be under way from there: past its deadline, too, it is looked
   // for. An opening comes to this journal only, which knows that it did not send it.
   bool only_here = job.attempt <= 1 || ResendNever(job.type);
   bool own = only_here && job.command_no > g_mem.look_to;
   bool past = DeadlineIsPast(job.deadline);
   if(own && past)
     {
      LookLate(job);
      return;
     }
   NgLook look;
   JobLook(job, look);
   NgReading reading;
   ReadingOf(job, look, reading);
   bool settled = IsSettled(job.look_began);
   bool decides = FirstStep(job, look, reading, settled, past);
   if(decides)
      return;
   if(past && settled)
     {
      LookLate(job);
      return;
     }
   JobPause(job, NG_STAGE_LOOK, g_set.look_every_ms);
  }

void LookLate(NgJob &job)
  {
   if(job.then == NG_THEN_INTENT)
      Expire(job);
   else
      NotSent(job);
  }

// True: it is over, or on its way. `past`: it may not be sent any more.
bool FirstStep(NgJob &job, const NgLook &look, const NgReading &reading, const bool settled, const bool past)
  {
   if(reading.kind == NG_READ_DONE && reading.evidence == "tag")
     {
      Complete(job, "tag", reading.response);
      return true;
     }
   bool reads_first = ReadsFirst(job.type, look.netting);
   // Absolute values do no harm twice; what compares waits until it sees the present.
   if(ShowsPast(job, look))
      return !reads_first && reading.kind != NG_READ_ABSENT && LookThen(job, look, reading, past);
   if(reading.kind == NG_READ_DONE)
     {
      Complete(job, reading.evidence, reading.response);
      return true;
     }
   if(reading.kind == NG_READ_DEAD)
     {
      RecordRejected(job, "settled", false, Refusal(reading.error, true, 0));
      return true;
     }
   if(reading.kind == NG_READ_REFUSED)
     {
      RecordRejected(job, "rejected", false, Refusal(reading.error, false, reading.retcode));
      return true;
     }
   if(reading.kind == NG_READ_THERE)
      return LookThen(job, look, reading, past);
   if(reading.kind == NG_READ_WAITING)
      return false;
   // Absent. An opening has never been sent from here; what needs a position can't be sent without one.
   if(IsOpening(job.type) || job.type == "CANCEL_PENDING")
      return LookThen(job, look, reading, past);
   if(!settled)
      return false;
   ConcludeAbsence(job);
   return true;
  }

// What was looked for can be sent now.
bool LookThen(NgJob &job, const NgLook &look, const NgReading &reading, const bool past)
  {
   if(past)
      return false;
   JobSees(job, look, reading);
   if(job.then == NG_THEN_INTENT)
      Intend(job);
   else
      if(job.then == NG_THEN_TRY)
         TryAgain(job);
      else
         SendNow(job);
   return true;
  }

void JobSees(NgJob &job, const NgLook &look, const NgReading &reading)
  {
   job.has_seen = true;
   job.seen_at = look.at;
   job.seen_volume = look.has_position ? look.position.volume : 0.0;
   if(!reading.has_compare)
      return;
   job.has_compare = true;
   job.compare_expected = reading.expected;
   job.compare_remaining = reading.remaining;
  }

// Step 6, ambiguous: until it knows.
void Settle(NgJob &job)
  {
   NgLook look;
   JobLook(job, look);
   NgReading reading;
   ReadingOf(job, look, reading);
   bool settled = IsSettled(job.doubt_since) && !TwinMayStart(job);
   if(SettleStep(job, look, reading, settled))
      return;
   JobPause(job, NG_STAGE_DOUBT, g_set.look_every_ms);
  }

bool SettleStep(NgJob &job, const NgLook &look, const NgReading &reading, const bool settled)
  {
   // Netting: a close on its way does not end with the position. Late, it opens the other side: it is waited for.
   bool on_its_way = look.netting && JobTouches(job) && !IsModify(job.type);
   bool past = ShowsPast(job, look);
   bool trusted = on_its_way ? settled && !past : settled || !past;
   if(reading.kind == NG_READ_DONE && (reading.evidence == "tag" || trusted))
     {
      Complete(job, reading.evidence, reading.response);
      return true;
     }
   if(reading.kind == NG_READ_DEAD)
     {
      RecordRejected(job, "settled", false, Refusal(reading.error, true, 0));
      return true;
     }
   if(reading.kind == NG_READ_WAITING || !trusted)
      return false;
   if(reading.kind == NG_READ_THERE && MayRepeat(job, look.netting, settled))
     {
      // Looked for after settle and not found: what was sent before had no effect.
      if(settled)
         job.in_doubt = false;
      JobSees(job, look, reading);
      TryAgain(job);
      return true;
     }
   if(!settled)
      return false;
   if(IsModify(job.type))
      NotThere(job, reading);
   else
      if(reading.kind == NG_READ_ABSENT)
         ConcludeAbsence(job);
      else
         NotExecuted(job);
   return true;
  }

// S3.
bool MayRepeat(const NgJob &job, const bool netting, const bool settled)
  {
   if(ResendNever(job.type) || (!ResendEarly(job.type, netting) && !settled))
      return false;
   if(job.tries >= g_set.tries_max || DeadlineIsPast(job.deadline))
      return false;
   return MaySend(job) && NewerModify(job) == 0;
  }

// S4. Monotonic time only, as ever where a wait must not be cut short.
bool TwinMayStart(const NgJob &job)
  {
   if(!ResendNever(job.type) || job.command_no > g_mem.twin_to)
      return false;
   int entry = MemoryFind(job.id);
   double ttl = entry >= 0 && g_entries[entry].ttl_ms >= 0.0 ? g_entries[entry].ttl_ms : NG_TTL_UNKNOWN_MS;
   long heard = g_started.mono_ms;
   if(job.deadline.known)
     {
      heard = job.deadline.heard.mono_ms;
      ttl = job.deadline.endless ? NG_TTL_UNKNOWN_MS : job.deadline.ttl_ms;
     }
   return (double)g_now.mono_ms < (double)heard + ttl + (double)g_set.settle_ms;
  }

// S2: does the look show what an own order of a moment ago has changed since?
bool ShowsPast(const NgJob &job, const NgLook &look)
  {
   if(!JobTouches(job))
      return false;
   double volume = look.has_position ? look.position.volume : 0.0;
   return TouchIsStale(IsModify(job.type), job.ticket, volume, look.step, look.ticket_deals, job.id);
  }

// S5.
void NotThere(NgJob &job, const NgReading &reading)
  {
   long newest = NewerModify(job);
   bool ended = reading.kind == NG_READ_REFUSED;
   string why = newest > 0 ? StringFormat("superseded by command %I64d", newest)
                : (ended ? reading.error : "its values are not there");
   RecordRejected(job, "rejected", false, Refusal(why + "; whether they were for a moment, nobody can tell",
                  newest == 0 && !ended, ended ? reading.retcode : 0));
  }

// Nothing there, and by now it would be: that is what a close or a cancel wanted.
void ConcludeAbsence(NgJob &job)
  {
   if(job.type == "CLOSE_TRADE" || job.type == "CANCEL_PENDING")
      Complete(job, "state", "{\"ticket\":" + JsonTicket(job.ticket) + ",\"already_closed\":true}");
   else
      NotExecuted(job);
  }

void NotExecuted(NgJob &job)
  {
   long newest = NewerModify(job);
   string error = newest > 0 ? StringFormat("superseded by command %I64d", newest)
                  : "it was not executed: no trace after settle";
   RecordRejected(job, "settled", false, Refusal(error, newest == 0, 0));
  }
