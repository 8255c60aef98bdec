// The commands in hand: which comes next, and who may start orders for them.
//
//   E4. One step at a time; what waits is set aside, so that it holds up nobody.

NgJob   g_jobs[];
// This journal's session was accepted and not fenced since: it may start orders.
bool    g_is_owner = false;
NgStamp g_lease_from;
long    g_lease_ms = 15000;
bool    g_has_lease = false;

int JobFind(const string id)
  {
   for(int at = 0; at < ArraySize(g_jobs); at++)
      if(g_jobs[at].id == id)
         return at;
   return -1;
  }

void JobAdd(const NgJob &job)
  {
   int count = ArraySize(g_jobs);
   ArrayResize(g_jobs, count + 1, 64);
   g_jobs[count] = job;
  }

// Another EA may own the account: what has not begun is its business now.
void JobsDrop()
  {
   g_is_owner = false;
   g_has_lease = false;
   for(int at = ArraySize(g_jobs) - 1; at >= 0; at--)
      if(g_jobs[at].stage == NG_STAGE_QUEUED)
         ArrayRemove(g_jobs, at, 1);
  }

// On a netting account a close of what is gone opens the other side: only its owner may send one.
bool HasLease()
  {
   return g_is_owner && g_has_lease && ElapsedMs(g_lease_from) < g_lease_ms;
  }

// The job that comes next: by priority, then command_no; what was begun before what is new (P12). -1: none is due.
int JobNext()
  {
   int best = -1;
   for(int at = 0; at < ArraySize(g_jobs); at++)
     {
      bool fresh = g_jobs[at].stage == NG_STAGE_QUEUED;
      if(fresh ? !JobMayBegin(at) : g_jobs[at].due > g_now.mono_ms)
         continue;
      if(best < 0 || JobBefore(at, best))
         best = at;
     }
   return best;
  }

bool JobMayBegin(const int at)
  {
   return g_terminal.connected || !NeedsBroker(g_jobs[at].type) || DeadlineIsPast(g_jobs[at].deadline);
  }

bool JobBefore(const int one, const int other)
  {
   if(g_jobs[one].priority != g_jobs[other].priority)
      return g_jobs[one].priority > g_jobs[other].priority;
   bool begun = g_jobs[one].stage != NG_STAGE_QUEUED;
   bool other_begun = g_jobs[other].stage != NG_STAGE_QUEUED;
   if(begun != other_begun)
      return begun;
   return g_jobs[one].command_no < g_jobs[other].command_no;
  }

// Works on what is due, for so long at most.
void JobsRun(const ulong budget_us)
  {
   ulong began = GetMicrosecondCount();
   while(!g_halted)
     {
      int at = JobNext();
      if(at < 0)
         break;
      // Taken out: nothing that is called from here may find half a step in the list.
      NgJob job = g_jobs[at];
      ArrayRemove(g_jobs, at, 1);
      g_job_in_hand = job.id;
      JobStep(job);
      g_job_in_hand = "";
      if(job.stage != NG_STAGE_OVER && !g_halted)
         JobAdd(job);
      ClockRead();
      if(GetMicrosecondCount() - began >= budget_us)
         break;
     }
   if(JournalFlush())
      AnswersRelease();
  }

bool IsInHand(const string id)
  {
   return g_job_in_hand == id || JobFind(id) >= 0;
  }

// Those begun and not over renew their lease.
void JobsProgress()
  {
   for(int at = 0; at < ArraySize(g_jobs); at++)
     {
      if(g_jobs[at].stage == NG_STAGE_QUEUED || g_now.mono_ms - g_jobs[at].progress_at < ProgressMs())
         continue;
      g_jobs[at].progress_at = g_now.mono_ms;
      AnswerProgress(g_jobs[at].id, g_jobs[at].command_no, g_jobs[at].attempt);
     }
  }

void JobPause(NgJob &job, const int stage, const long wait_ms)
  {
   job.stage = stage;
   job.due = g_now.mono_ms + wait_ms;
  }

void JobStep(NgJob &job)
  {
   if(job.stage == NG_STAGE_QUEUED)
      JobBegin(job);
   else
      if(job.stage == NG_STAGE_LOOK)
         LookFirst(job);
      else
         if(job.stage == NG_STAGE_RETRY)
            JobRetry(job);
         else
            if(job.stage == NG_STAGE_DOUBT)
               Settle(job);
            else
               if(job.stage == NG_STAGE_CLOSE_ALL)
                  CloseAllRound(job);
               else
                  if(job.stage == NG_STAGE_SYNC)
                     SmallSync(job);
                  else
                     HistoryPart(job);
  }
