// What this EA tells of positions: each change as an event, by comparing what the terminal shows with what was told; and
// the full list with its digest (contract R2-R5, R13). Trade transactions only wake it: they may be lost or late.
//
//   L1. `based_on_rev` is read before the terminal is: what the server learnt later can't be judged by this list.
//   L2. A position that a list left out, and that the server knows as open, is looked for in the terminal's history:
//       neither there is proof, too.
//   L3. A full list is never older than a fact sent before it, never leaves out an opening that was answered, and shows
//       what this EA did itself a moment ago.

#define NG_SUSPECT_MS   5500
#define NG_TRADES_MS    500
#define NG_LIST_READY_MS 2000

NgPosition g_told[];             // positions as they were told
bool       g_trades_wake = true;
long       g_trades_checked = 0;
string     g_told_closed[];      // told as closed a moment ago
long       g_told_closed_at[];
long       g_rev = 0;
long       g_snapshot_no = 0;
string     g_suspects[];
string     g_not_found[];
long       g_next_sync = 0;
long       g_syncs = 0;

// A connect was accepted: both ends count anew.
void TradesBegin(const NgJson &doc)
  {
   g_rev = JsonWholeOf(doc, 0, "rev", 0);
   g_snapshot_no = 0;
   ArrayResize(g_suspects, 0);
   ArrayResize(g_not_found, 0);
   g_next_sync = g_now.mono_ms;
   HistoryBeginSession(doc);
   g_trades_wake = true;
  }

// At the start of this process: what is open now is told by the full list.
void TradesStart()
  {
   PositionsRead(g_told);
   ArrayResize(g_told_closed, 0);
   ArrayResize(g_told_closed_at, 0);
  }

void SessionRev(const NgJson &doc)
  {
   g_rev = LargerOf(g_rev, JsonWholeOf(doc, 0, "rev", 0));
  }

// Looks for what has changed, when something woke it, and now and then by itself.
void TradesWatch()
  {
   if(!g_trades_wake && g_now.mono_ms - g_trades_checked < NG_TRADES_MS)
      return;
   bool woken = g_trades_wake;
   g_trades_wake = false;
   g_trades_checked = g_now.mono_ms;
   if(!g_terminal.connected || LoginDiffers())
      return;
   NgPosition now[];
   PositionsRead(now);
   // Another EA owns the account and tells it.
   if(g_state == NG_STANDBY)
     {
      TradesStart();
      return;
     }
   TradesCompare(now);
   if(g_state == NG_ONLINE)
      HistoryTell(woken);
  }

void TradesCompare(const NgPosition &now[])
  {
   for(int at = 0; at < ArraySize(now); at++)
     {
      int told = PositionFind(g_told, now[at].ticket);
      if(told < 0)
        {
         EventPush(g_trade_stream, OpenedEvent(now[at]));
         int count = ArraySize(g_told);
         ArrayResize(g_told, count + 1, 64);
         g_told[count] = now[at];
         continue;
        }
      if(!SameVolume(g_told[told].volume, now[at].volume, 1e-8) || g_told[told].buy != now[at].buy ||
         g_told[told].open_price != now[at].open_price)
         EventPush(g_trade_stream, "{\"kind\":\"changed\"," + PositionFields(now[at]) + "}");
      else
         if(g_told[told].sl != now[at].sl || g_told[told].tp != now[at].tp)
            EventPush(g_trade_stream, "{\"kind\":\"modified\",\"ticket\":" + JsonTicket(now[at].ticket) + JsonField("sl", JsonNumber(now[at].sl)) +
                      JsonField("tp", JsonNumber(now[at].tp)) + StringFormat(",\"timestamp\":%I64d}", BrokerNowMs()));
      g_told[told] = now[at];
     }
   for(int at = ArraySize(g_told) - 1; at >= 0; at--)
     {
      if(PositionFind(now, g_told[at].ticket) >= 0)
         continue;
      NgDeal deals[];
      LookDeals(StringToInteger(g_told[at].ticket), deals);
      // The history may show the end later than the list: it is looked at again.
      if(!DealsAreFlat(deals))
        {
         g_trades_wake = g_trades_wake || ArraySize(deals) > 0;
         continue;
        }
      string ticket = g_told[at].ticket;
      ArrayRemove(g_told, at, 1);
      TradeClosed(ticket, deals);
     }
  }

long BrokerNowMs()
  {
   return (long)TimeCurrent() * 1000;
  }

// The end of a position as its deals tell it.
void TradeClosed(const string ticket, const NgDeal &deals[])
  {
   NgDeal exits[];
   DealsOfEntry(deals, true, exits);
   int last = ArraySize(exits) - 1;
   if(last < 0)
      return;
   double profit = 0.0;
   double swap = 0.0;
   double commission = 0.0;
   for(int at = 0; at < ArraySize(deals); at++)
     {
      profit += deals[at].profit;
      swap += deals[at].swap;
      commission += deals[at].commission + deals[at].fee;
     }
   EventPush(g_trade_stream, "{\"kind\":\"closed\",\"ticket\":" + JsonTicket(ticket) + JsonField("close_price", JsonNumber(DealsPrice(exits))) +
             JsonField("close_reason", "\"" + CloseReason(exits[last].reason) + "\"") + JsonField("profit", JsonNumber(NormalizeDouble(profit, 2))) +
             JsonField("swap", JsonNumber(NormalizeDouble(swap, 2))) + JsonField("commission", JsonNumber(NormalizeDouble(commission, 2))) +
             JsonField("reason", "\"" + EnumToString(exits[last].reason) + "\"") + JsonField("magic", "\"" + TicketOf(exits[last].magic) + "\"") +
             StringFormat(",\"timestamp\":%I64d}", exits[last].msc));
   int count = ArraySize(g_told_closed);
   ArrayResize(g_told_closed, count + 1, 64);
   ArrayResize(g_told_closed_at, count + 1, 64);
   g_told_closed[count] = ticket;
   g_told_closed_at[count] = g_now.mono_ms;
   RecentForget(ticket);
  }

string CloseReason(const ENUM_DEAL_REASON reason)
  {
   if(reason == DEAL_REASON_EXPERT)
      return "expert";
   if(reason == DEAL_REASON_SL)
      return "sl_hit";
   if(reason == DEAL_REASON_TP)
      return "tp_hit";
   if(reason == DEAL_REASON_SO)
      return "stop_out";
   return reason == DEAL_REASON_CLIENT || reason == DEAL_REASON_MOBILE || reason == DEAL_REASON_WEB ? "manual" : "unknown";
  }

// 0 means "set by hand or by nobody".
string MagicField(const ulong magic)
  {
   return magic == 0 || magic > (ulong)LONG_MAX ? "" : JsonField("magic", "\"" + TicketOf(magic) + "\"");
  }

string OpenedEvent(const NgPosition &one)
  {
   return "{\"kind\":\"opened\",\"ticket\":" + JsonTicket(one.ticket) + JsonField("symbol", JsonQuote(one.symbol)) +
          JsonField("direction", one.buy ? "\"BUY\"" : "\"SELL\"") + JsonField("volume", JsonNumber(one.volume)) +
          JsonField("open_price", JsonNumber(one.open_price)) + JsonField("sl", JsonNumber(one.sl)) + JsonField("tp", JsonNumber(one.tp)) +
          JsonField("comment", JsonQuote(one.comment)) + MagicField(one.magic) + StringFormat(",\"timestamp\":%I64d}", one.open_msc);
  }

// A position as a list has it.
string PositionFields(const NgPosition &one)
  {
   return "\"ticket\":" + JsonTicket(one.ticket) + JsonField("symbol", JsonQuote(one.symbol)) +
          JsonField("direction", one.buy ? "\"BUY\"" : "\"SELL\"") + JsonField("volume", JsonNumber(one.volume)) +
          JsonField("open_price", JsonNumber(one.open_price)) + StringFormat(",\"open_time\":%I64d", one.open_msc) +
          JsonField("sl", JsonNumber(one.sl)) + JsonField("tp", JsonNumber(one.tp)) + JsonField("profit", JsonNumber(one.profit)) +
          JsonField("swap", JsonNumber(one.swap)) + JsonField("comment", JsonQuote(one.comment)) + MagicField(one.magic);
  }

// FNV-1a over one line a position, volumes and prices in units of 1e-8.
string TradesDigest(const NgPosition &list[])
  {
   string lines = "";
   for(int at = 0; at < ArraySize(list); at++)
      lines += list[at].ticket + ";" + list[at].symbol + (list[at].buy ? ";B;" : ";S;") +
               StringFormat("%I64d;%I64d;%I64d\n", (long)MathRound(list[at].volume * 1e8), (long)MathRound(list[at].sl * 1e8),
                            (long)MathRound(list[at].tp * 1e8));
   return Fnv1a(lines);
  }

string AgreementFields(const NgPosition &list[], const long rev)
  {
   return StringFormat(",\"based_on_rev\":%I64d,\"positions_total\":%d,\"digest\":\"", rev, ArraySize(list)) + TradesDigest(list) + "\"";
  }

// R13; nothing while word of a position may be on its way.
string TradesAgreement()
  {
   if(!TradesQuiet() || !g_terminal.connected)
      return "";
   long rev = g_rev;
   NgPosition list[];
   PositionsRead(list);
   return ListIsPresent(list) && ListShowsOpenings(list, false) ? AgreementFields(list, rev) : "";
  }

bool TradesQuiet()
  {
   return ArraySize(g_answers) == 0 && ArraySize(g_trade_stream.waiting) == 0 && ArraySize(g_jobs) == 0 && g_job_in_hand == "" &&
          !g_trades_wake;
  }

// L3.
bool ListIsPresent(const NgPosition &list[])
  {
   for(int at = ArraySize(g_told_closed) - 1; at >= 0; at--)
     {
      if(g_now.mono_ms - g_told_closed_at[at] >= g_set.settle_ms)
        {
         ArrayRemove(g_told_closed, at, 1);
         ArrayRemove(g_told_closed_at, at, 1);
        }
      else
         if(PositionFind(list, g_told_closed[at]) >= 0)
            return false;
     }
   return TouchesShownBy(list);
  }

// `search`: an opening that is not shown is looked for: it may be over.
bool ListShowsOpenings(const NgPosition &list[], const bool search)
  {
   RecentSweep();
   for(int at = ArraySize(g_recent) - 1; at >= 0; at--)
     {
      if(g_recent[at].is_order || PositionFind(list, g_recent[at].ticket) >= 0)
         continue;
      if(!search)
         return false;
      NgDeal deals[];
      LookDeals(StringToInteger(g_recent[at].ticket), deals);
      if(!DealsAreFlat(deals))
         return false;
      RecentForget(g_recent[at].ticket);
      at = ArraySize(g_recent); // netting: several openings may have had one ticket
     }
   return true;
  }

// A full list when it is due, or was asked for.
void TradesSyncDue()
  {
   if(g_state != NG_ONLINE || g_now.mono_ms < g_next_sync)
      return;
   bool taken = TradesSync();
   long next = ArraySize(g_suspects) > 0 && g_set.sync_ms > NG_SUSPECT_MS ? NG_SUSPECT_MS : g_set.sync_ms;
   g_next_sync = g_now.mono_ms + (taken ? next : 200);
  }

// A full list now. True: the server took it.
bool TradesSync()
  {
   TradesSearch();
   if(g_state != NG_ONLINE || LinkHasFacts() || ArraySize(g_trade_stream.waiting) > 0 || !g_terminal.connected || LoginDiffers())
      return false;
   // A terminal that has just connected may not have loaded everything yet.
   if(g_now.mono_ms - g_synchronised_at.mono_ms < (g_set.settle_ms < NG_LIST_READY_MS ? g_set.settle_ms : NG_LIST_READY_MS))
      return false;
   long rev = g_rev; // L1
   NgPosition list[];
   PositionsRead(list);
   if(!ListIsPresent(list) || !ListShowsOpenings(list, true))
      return false;
   g_snapshot_no++;
   string rows = "";
   for(int at = 0; at < ArraySize(list); at++)
      rows += (at > 0 ? ",{" : "{") + PositionFields(list[at]) + "}";
   string missing = "";
   for(int at = 0; at < ArraySize(g_not_found); at++)
      missing += (at > 0 ? "," : "") + JsonTicket(g_not_found[at]);
   NgJson reply;
   int http = LinkPost(NG_PLANE_TRADES, "/api/trades/sync",
                       "{" + AccountField() + "," + SessionFields() + StringFormat(",\"snapshot_no\":%I64d", g_snapshot_no) +
                       ",\"terminal_connected\":true,\"complete\":true" + AgreementFields(list, rev) +
                       (missing == "" ? "" : ",\"not_found\":[" + missing + "]") + ",\"trades\":[" + rows + "]}", 3000, reply);
   TradesSynced(http, reply);
   return http == 200;
  }

void TradesSynced(const int http, const NgJson &doc)
  {
   if(IsFenced(http, doc))
     {
      SessionFenced();
      return;
     }
   if(http != 200 || !SessionSpeaks(doc))
      return;
   g_syncs++;
   SessionHeads(doc);
   ArrayResize(g_not_found, 0);
   ArrayResize(g_suspects, 0);
   int list = JsonFind(doc, 0, "suspect_trades");
   if(!JsonIs(doc, list, NG_JSON_LIST))
      return;
   for(int node = doc.child[list]; node >= 0; node = doc.next[node])
     {
      string ticket = JsonIs(doc, node, NG_JSON_NUMBER) ? JsonRaw(doc, node) : JsonText(doc, node, "");
      int count = ArraySize(g_suspects);
      ArrayResize(g_suspects, count + 1);
      g_suspects[count] = ticket;
     }
  }

// L2. What the server misses in the last list: how did it end?
void TradesSearch()
  {
   for(int at = 0; at < ArraySize(g_suspects); at++)
     {
      NgLook look;
      LookAt(0, g_suspects[at], "", -1, look);
      if(look.has_position)
         continue;
      if(DealsAreFlat(look.ticket_deals))
        {
         int told = PositionFind(g_told, g_suspects[at]);
         if(told >= 0)
            ArrayRemove(g_told, told, 1);
         TradeClosed(g_suspects[at], look.ticket_deals);
        }
      else
         if(ArraySize(look.ticket_deals) == 0 && IsSettled(g_started))
           {
            int count = ArraySize(g_not_found);
            ArrayResize(g_not_found, count + 1);
            g_not_found[count] = g_suspects[at];
           }
     }
   ArrayResize(g_suspects, 0);
  }
