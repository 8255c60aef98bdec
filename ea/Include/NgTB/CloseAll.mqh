// CLOSE_ALL: the emergency stop of a scope. It reads, closes and cancels, and reads again until nothing is left.
//
//   E1. At its first look everything in scope is a target, trades by hand too. Later looks add only what an older order
//       of the scope brought (it filled late, or was in doubt): what a newer command opened since is not its business,
//       nor is it a rerun's.
//   E2. Each position and order has its line in the journal; a rerun goes on with what is left.
//   E3. It is not done while an older opening of the scope is in doubt, or done and not visible yet (P12).
//   E4. Netting: a close that may be under way is not repeated before settle, for a repeat would open the other side.
//   E5. One order at a time: the EA hears the server in between.

// One position or order to end.
struct NgTarget
  {
   bool              is_order;
   string            ticket;
   string            key;
   ulong             magic;
   NgPosition        position;
  };

void CloseAllBegin(NgJob &job)
  {
   int entry = MemoryFind(job.id);
   job.rerun = entry >= 0 && g_entries[entry].intent != "";
   job.first_look_done = false;
   string unfit = RefusedForAll();
   if(unfit != "")
     {
      Reject(job, unfit);
      return;
     }
   if(DeadlineIsPast(job.deadline))
     {
      Expire(job);
      return;
     }
   // Its intent is its generation, too: from here on no older opening of the scope begins.
   RecordIntent(job, false);
   if(JournalFlush())
      CloseAllRound(job);
  }

void CloseAllRound(NgJob &job)
  {
   TerminalRead();
   ClockRead();
   if(!g_terminal.connected || !g_is_owner || LoginDiffers())
     {
      JobPause(job, NG_STAGE_CLOSE_ALL, g_set.look_every_ms);
      return;
     }
   NgTarget targets[];
   NgPosition positions[];
   NgOrder orders[];
   PositionsRead(positions);
   OrdersRead(orders);
   TargetsOf(job, positions, orders, targets);
   if(!job.first_look_done)
     {
      job.first_look_done = true;
      ArrayResize(job.first, ArraySize(targets));
      for(int at = 0; at < ArraySize(targets); at++)
         job.first[at] = targets[at].ticket;
     }
   bool settled = true;
   for(int at = 0; at < ArraySize(targets); at++)
     {
      int known = ProgressOf(job, targets[at].key);
      if(job.progress_given_up[known])
         continue;
      int sub = SubFind(job.id, targets[at].key);
      if(sub >= 0 && g_subs[sub].state == "done" && !g_terminal.netting)
         continue;
      settled = false;
      if(job.progress_next[known] > g_now.mono_ms || MustWait(job, targets[at], known))
         continue;
      CloseOne(job, targets[at], known); // E5
      JobPause(job, NG_STAGE_CLOSE_ALL, 0);
      return;
     }
   if(settled && NothingComes(job, positions, orders))
      CloseAllOver(job, targets);
   else
      JobPause(job, NG_STAGE_CLOSE_ALL, g_set.look_every_ms);
  }

// E1. Positions first: they are what loses money.
void TargetsOf(const NgJob &job, const NgPosition &positions[], const NgOrder &orders[], NgTarget &targets[])
  {
   ArrayResize(targets, ArraySize(positions) + ArraySize(orders));
   int count = 0;
   for(int at = 0; at < ArraySize(positions); at++)
     {
      string key = "position " + positions[at].ticket;
      if(!IsTarget(job, positions[at].symbol, positions[at].magic, positions[at].ticket, key))
         continue;
      targets[count].is_order = false;
      targets[count].ticket = positions[at].ticket;
      targets[count].key = key;
      targets[count].magic = positions[at].magic;
      targets[count].position = positions[at];
      count++;
     }
   for(int at = 0; at < ArraySize(orders); at++)
     {
      string key = "order " + orders[at].ticket;
      // A market order on its way can't be cancelled: what it opens is a target of a later look.
      if(orders[at].type == ORDER_TYPE_BUY || orders[at].type == ORDER_TYPE_SELL ||
         !IsTarget(job, orders[at].symbol, orders[at].magic, orders[at].ticket, key))
         continue;
      targets[count].is_order = true;
      targets[count].ticket = orders[at].ticket;
      targets[count].key = key;
      targets[count].magic = orders[at].magic;
      count++;
     }
   ArrayResize(targets, count);
  }

bool IsTarget(const NgJob &job, const string symbol, const ulong magic, const string ticket, const string key)
  {
   if(job.has_symbol && symbol != job.symbol)
      return false;
   if(!job.any_strategy && TagStrategy(magic) != job.strategy_no)
      return false;
   // Closed by us a moment ago, and still shown. Netting: what is shown may be what was added since (MustWait).
   int sub = SubFind(job.id, key);
   if(!g_terminal.netting && sub >= 0 && g_subs[sub].state == "done" && SinceMs(g_subs[sub].at) < g_set.settle_ms)
      return false;
   long number = TagNumber(magic);
   bool older = number > 0 && number <= job.command_no;
   if(!job.first_look_done)
      return !job.rerun || number == 0 || older;
   for(int at = 0; at < ArraySize(job.first); at++)
      if(job.first[at] == ticket)
         return true;
   return older;
  }

int ProgressOf(NgJob &job, const string key)
  {
   int count = ArraySize(job.progress_key);
   for(int at = 0; at < count; at++)
      if(job.progress_key[at] == key)
         return at;
   ArrayResize(job.progress_key, count + 1);
   ArrayResize(job.progress_tries, count + 1);
   ArrayResize(job.progress_sent, count + 1);
   ArrayResize(job.progress_next, count + 1);
   ArrayResize(job.progress_given_up, count + 1);
   ArrayResize(job.progress_retcode, count + 1);
   ArrayResize(job.progress_error, count + 1);
   job.progress_key[count] = key;
   job.progress_tries[count] = 0;
   job.progress_sent[count] = 0;
   job.progress_next[count] = 0;
   job.progress_given_up[count] = false;
   job.progress_retcode[count] = 0;
   job.progress_error[count] = "";
   return count;
  }

// E4.
bool MustWait(const NgJob &job, const NgTarget &target, const int known)
  {
   if(!g_terminal.netting || target.is_order)
      return false;
   if(!HasLease())
      return true;
   if(job.progress_sent[known] > 0 && g_now.mono_ms - job.progress_sent[known] < g_set.settle_ms)
      return true;
   NgDeal deals[];
   LookDeals(StringToInteger(target.ticket), deals);
   return TouchIsStale(false, target.ticket, target.position.volume, 1e-8, deals, "");
  }

void CloseOne(NgJob &job, const NgTarget &target, const int known)
  {
   if(g_terminal.netting)
     {
      SubNote(job, target, "sent", 0, "");
      if(!JournalFlush() || !HasLease())
         return;
     }
   job.progress_tries[known]++;
   job.progress_sent[known] = g_now.mono_ms;
   job.progress_next[known] = g_now.mono_ms + g_set.look_every_ms;
   TouchNote(false, target.ticket, job.id, -1.0, "");
   NgSent sent;
   SentNothing(sent);
   if(!TargetSend(job, target, sent))
     {
      // It is gone by now: the next look shows it.
      TouchForget(false, target.ticket, job.id);
      job.progress_sent[known] = 0;
      return;
     }
   int word = RetryWord(target.is_order ? "CANCEL_PENDING" : "CLOSE_TRADE", sent.retcode);
   if(word == NG_WORD_DONE)
     {
      TouchNote(false, target.ticket, job.id, 0.0, sent.deal);
      job.progress_sent[known] = 0;
      RecentForget(target.ticket);
      SubNote(job, target, "done", sent.retcode, "");
      return;
     }
   // A cancelled order may just have become a position: the next look shows which.
   bool definite = word == NG_WORD_REFUSED && !target.is_order;
   if(definite || job.progress_tries[known] >= g_set.tries_max)
     {
      job.progress_given_up[known] = true;
      job.progress_retcode[known] = (int)sent.retcode;
      job.progress_error[known] = sent.comment;
     }
   if(definite)
      SubNote(job, target, "refused", sent.retcode, sent.comment);
   // Only an order of unknown outcome makes a netting account wait.
   if(word == NG_WORD_AMBIGUOUS)
      return;
   job.progress_sent[known] = 0;
   if(word == NG_WORD_PARTLY)
      job.progress_next[known] = 0;
   else
      TouchForget(false, target.ticket, job.id);
  }

bool TargetSend(const NgJob &job, const NgTarget &target, NgSent &sent)
  {
   MqlTradeRequest request = {};
   request.magic = job.magic;
   if(target.is_order)
     {
      request.action = TRADE_ACTION_REMOVE;
      request.order = (ulong)StringToInteger(target.ticket);
     }
   else
     {
      NgPosition now;
      if(!PositionNow(target.ticket, now))
         return false;
      OrderClose(now, now.volume, request);
     }
   TimesSent(job.id);
   OrderPut(request, sent);
   if(sent.retcode != 0)
      TimesExecuted(job.id);
   return true;
  }

void SubNote(const NgJob &job, const NgTarget &target, const string state, const uint retcode, const string error)
  {
   Record("\"kind\":\"sub\"" + JsonField("command_id", JsonQuote(job.id)) +
          JsonField("target", target.is_order ? "\"order\"" : "\"position\"") + JsonField("ticket", JsonTicket(target.ticket)) +
          JsonField("state", "\"" + state + "\"") + StringFormat(",\"retcode\":%d", (int)retcode) +
          JsonField("error", JsonQuote(error)));
  }

// E3, and netting: a close of ours may still be under way; late, it would open the other side.
bool NothingComes(NgJob &job, const NgPosition &positions[], const NgOrder &orders[])
  {
   if(g_terminal.netting && CloseIsUnderWay(job))
      return false;
   if(OrdersInDoubt(job))
      return false;
   RecentSweep();
   for(int at = ArraySize(g_recent) - 1; at >= 0; at--)
     {
      NgRecent recent = g_recent[at];
      bool in_scope = (!job.has_symbol || recent.symbol == job.symbol) &&
                      (job.any_strategy || recent.strategy_no == job.strategy_no);
      if(!in_scope || TagNumber(recent.magic) >= job.command_no || IsShown(recent.ticket, positions, orders))
         continue;
      NgLook look;
      LookAt(0, recent.ticket, "", -1, look);
      if(recent.is_order ? !look.has_ticket_order : !DealsAreFlat(look.ticket_deals))
         return false;
      RecentForget(recent.ticket);
      at = ArraySize(g_recent); // netting: several openings may have had one ticket
     }
   return true;
  }

bool IsShown(const string ticket, const NgPosition &positions[], const NgOrder &orders[])
  {
   for(int at = 0; at < ArraySize(orders); at++)
      if(orders[at].ticket == ticket)
         return true;
   return PositionFind(positions, ticket) >= 0;
  }

bool CloseIsUnderWay(NgJob &job)
  {
   for(int at = 0; at < ArraySize(g_subs); at++)
     {
      if(g_subs[at].command_id != job.id || g_subs[at].state != "sent")
         continue;
      int known = ProgressOf(job, g_subs[at].key);
      // Not sent by this run: by one before it, and nobody knows what came of it.
      if(job.progress_tries[known] == 0)
        {
         if(SinceMs(g_subs[at].at) < g_set.settle_ms)
            return true;
        }
      else
         if(job.progress_sent[known] > 0 && g_now.mono_ms - job.progress_sent[known] < g_set.settle_ms)
            return true;
     }
   return false;
  }

// Orders in this scope that may still bring something: older openings; netting: closes too, for a late one may open the
// other side.
bool OrdersInDoubt(const NgJob &job)
  {
   for(int at = 0; at < ArraySize(g_entries); at++)
     {
      if(!MemoryInDoubt(at) || g_entries[at].command_no >= job.command_no)
         continue;
      string type = g_entries[at].type;
      bool may_open = IsOpening(type) || (g_terminal.netting && (type == "CLOSE_TRADE" || type == "CLOSE_PARTIAL"));
      NgJson doc;
      NgJob other;
      if(!may_open || !JsonParse(g_entries[at].command, doc) || !CommandRead(doc, 0, other))
         continue;
      bool symbol_fits = !job.has_symbol || !other.has_symbol || other.symbol == job.symbol;
      long strategy_no = other.any_strategy ? TagStrategy(other.magic) : other.strategy_no;
      if(symbol_fits && (job.any_strategy || strategy_no == job.strategy_no))
         return true;
     }
   return false;
  }

void CloseAllOver(NgJob &job, const NgTarget &targets[])
  {
   string closed = "";
   string cancelled = "";
   for(int at = 0; at < ArraySize(g_subs); at++)
     {
      if(g_subs[at].command_id != job.id || g_subs[at].state != "done")
         continue;
      if(g_subs[at].is_order)
         cancelled += (cancelled == "" ? "" : ",") + JsonTicket(g_subs[at].ticket);
      else
         closed += (closed == "" ? "" : ",") + JsonTicket(g_subs[at].ticket);
     }
   string failed = "";
   string error = "";
   int left = 0;
   uint retcode = 0;
   for(int at = 0; at < ArraySize(targets); at++)
     {
      int known = ProgressOf(job, targets[at].key);
      if(!job.progress_given_up[known])
         continue;
      uint code = (uint)job.progress_retcode[known];
      failed += (left > 0 ? ",{" : "{") + "\"ticket\":" + JsonTicket(targets[at].ticket) + RetcodeFields(code) +
                JsonField("error", JsonQuote(job.progress_error[known])) + "}";
      if(left == 0)
        {
         error = job.progress_error[known];
         retcode = code;
        }
      left++;
     }
   string lists = "\"closed\":[" + closed + "],\"cancelled\":[" + cancelled + "],\"failed\":[" + failed + "]";
   if(left == 0)
     {
      Complete(job, "journal", "{" + lists + "}");
      return;
     }
   // A rerun goes on with what is left, so trying again is safe whatever the reason was.
   string refusal = Refusal(StringFormat("%d could not be closed: ", left) + error, true, retcode);
   RecordRejected(job, "retcode", true, "{" + lists + "," + StringSubstr(refusal, 1));
  }
