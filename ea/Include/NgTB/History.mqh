// What of the terminal's history is still to be told: deals, and pending orders with their ends.
//
//   H1. Deals from the newest one on that the server has, and a few before it, for a terminal may show an older one later
//       than a newer one. What is told twice is stored once.
//   W1. What waits is told when it is new or another; what has ended, with its end, also when nobody saw it wait.
//   W2. What the server takes for waiting and the terminal shows nowhere, though it has had time to, is told, too.

#define NG_DEALS_OVERLAP  50
#define NG_ORDERS_OVERLAP_MS 7200000
#define NG_HISTORY_MS     2000

string  g_deal_after = "";        // the newest deal that the server has; "": none
NgIndex g_deals_told;
long    g_history_from_s = 0;     // nothing older is to be told
long    g_history_checked = 0;
NgIndex g_orders_over;
string  g_orders_waiting[];       // what the server takes for waiting
string  g_orders_as_told[];       // as it was told; "": not by this session
bool    g_orders_missing[];
NgStamp g_orders_missing_at[];
long    g_orders_since_ms = 0;

void HistoryBeginSession(const NgJson &doc)
  {
   g_deal_after = JsonDigitsOf(doc, 0, "last_deal");
   IndexClear(g_deals_told);
   g_history_from_s = 0;
   g_history_checked = 0;
   ArrayResize(g_orders_waiting, 0);
   ArrayResize(g_orders_as_told, 0);
   ArrayResize(g_orders_missing, 0);
   ArrayResize(g_orders_missing_at, 0);
   int list = JsonFind(doc, 0, "waiting_orders");
   if(JsonIs(doc, list, NG_JSON_LIST))
      for(int node = doc.child[list]; node >= 0; node = doc.next[node])
         OrderWaits(JsonIs(doc, node, NG_JSON_NUMBER) ? JsonRaw(doc, node) : JsonText(doc, node, ""), "");
   IndexClear(g_orders_over);
   long end = (long)JsonDoubleOf(doc, 0, "last_order_end", 0.0);
   g_orders_since_ms = end > NG_ORDERS_OVERLAP_MS ? end - NG_ORDERS_OVERLAP_MS : 0;
  }

// The server's ledger went back: the whole history once more.
void HistoryAgain()
  {
   g_deal_after = "";
   IndexClear(g_deals_told);
   g_history_from_s = 0;
   g_history_checked = 0;
   g_orders_since_ms = 0;
   IndexClear(g_orders_over);
   for(int at = 0; at < ArraySize(g_orders_as_told); at++)
      g_orders_as_told[at] = "";
  }

int OrderWaits(const string ticket, const string as_told)
  {
   int count = ArraySize(g_orders_waiting);
   ArrayResize(g_orders_waiting, count + 1, 64);
   ArrayResize(g_orders_as_told, count + 1, 64);
   ArrayResize(g_orders_missing, count + 1, 64);
   ArrayResize(g_orders_missing_at, count + 1, 64);
   g_orders_waiting[count] = ticket;
   g_orders_as_told[count] = as_told;
   g_orders_missing[count] = false;
   return count;
  }

void OrderWaitsNot(const int at)
  {
   ArrayRemove(g_orders_waiting, at, 1);
   ArrayRemove(g_orders_as_told, at, 1);
   ArrayRemove(g_orders_missing, at, 1);
   ArrayRemove(g_orders_missing_at, at, 1);
  }

int OrderWaiting(const string ticket)
  {
   for(int at = 0; at < ArraySize(g_orders_waiting); at++)
      if(g_orders_waiting[at] == ticket)
         return at;
   return -1;
  }

// `now`: something happened; else now and then.
void HistoryTell(const bool now)
  {
   if(!now && g_now.mono_ms - g_history_checked < NG_HISTORY_MS)
      return;
   g_history_checked = g_now.mono_ms;
   NgOrder waiting[];
   OrdersRead(waiting);
   for(int at = 0; at < ArraySize(waiting); at++)
      if(IsPendingType(waiting[at].type))
         OrderTold(waiting[at]);
   if(!HistorySelect((datetime)g_history_from_s, (datetime)NG_FOREVER))
      return;
   OrdersEnded();
   DealsTell();
   OrdersMissing(waiting);
  }

bool IsPendingType(const ENUM_ORDER_TYPE type)
  {
   return type >= ORDER_TYPE_BUY_LIMIT && type <= ORDER_TYPE_SELL_STOP_LIMIT;
  }

void OrderTold(const NgOrder &order)
  {
   string event = OrderEvent(order);
   int at = OrderWaiting(order.ticket);
   // A list of a moment before its end.
   if(IndexGet(g_orders_over, order.ticket, 0) != 0)
      return;
   if(at < 0)
      at = OrderWaits(order.ticket, "");
   g_orders_missing[at] = false;
   if(g_orders_as_told[at] == event)
      return;
   g_orders_as_told[at] = event;
   EventPush(g_trade_stream, event);
  }

// Of the selected history.
void OrdersEnded()
  {
   for(int at = HistoryOrdersTotal() - 1; at >= 0; at--)
     {
      ulong ticket = HistoryOrderGetTicket(at);
      if(ticket == 0 || !IsPendingType((ENUM_ORDER_TYPE)HistoryOrderGetInteger(ticket, ORDER_TYPE)))
         continue;
      string name = TicketOf(ticket);
      int known = OrderWaiting(name);
      bool old = HistoryOrderGetInteger(ticket, ORDER_TIME_DONE_MSC) < g_orders_since_ms;
      if((old && known < 0) || IndexGet(g_orders_over, name, 0) != 0)
         continue;
      IndexSet(g_orders_over, name, 1);
      if(known >= 0)
         OrderWaitsNot(known);
      NgOrder order;
      HistoryOrderRead(ticket, order);
      EventPush(g_trade_stream, OrderEvent(order));
     }
  }

// W2. Looked for by its ticket, too: it may have ended before the selected history begins.
void OrdersMissing(const NgOrder &waiting[])
  {
   for(int at = ArraySize(g_orders_waiting) - 1; at >= 0; at--)
     {
      bool shown = false;
      for(int one = 0; one < ArraySize(waiting); one++)
         shown = shown || waiting[one].ticket == g_orders_waiting[at];
      if(shown)
         continue;
      ulong ticket = (ulong)StringToInteger(g_orders_waiting[at]);
      if(HistoryOrderSelect(ticket))
        {
         NgOrder order;
         HistoryOrderRead(ticket, order);
         IndexSet(g_orders_over, order.ticket, 1);
         OrderWaitsNot(at);
         EventPush(g_trade_stream, OrderEvent(order));
         continue;
        }
      if(!g_orders_missing[at])
        {
         g_orders_missing[at] = true;
         g_orders_missing_at[at] = g_now;
         continue;
        }
      if(!IsSettled(g_orders_missing_at[at]))
         continue;
      EventPush(g_trade_stream, "{\"kind\":\"order_not_found\",\"order\":" + JsonTicket(g_orders_waiting[at]) + "}");
      OrderWaitsNot(at);
     }
  }

// An order as an event; with its end, when it has one.
string OrderEvent(const NgOrder &order)
  {
   bool over = order.done_msc > 0;
   return "{\"kind\":\"order\",\"order\":" + JsonTicket(order.ticket) + JsonField("type", "\"" + EnumToString(order.type) + "\"") +
          JsonField("state", "\"" + EnumToString(order.state) + "\"") + JsonField("reason", "\"" + EnumToString(order.reason) + "\"") +
          JsonField("symbol", JsonQuote(order.symbol)) + JsonField("volume", JsonNumber(order.volume)) + JsonField("volume_left", JsonNumber(order.left)) +
          JsonField("price", JsonNumber(order.price)) + JsonField("stop_limit_price", JsonNumber(order.stop_limit)) +
          JsonField("sl", JsonNumber(order.sl)) + JsonField("tp", JsonNumber(order.tp)) +
          JsonField("expiration", order.expiration_s > 0 ? StringFormat("%I64d", order.expiration_s * 1000) : "null") + MagicField(order.magic) +
          JsonField("comment", JsonQuote(order.comment)) + JsonField("position", over ? JsonTicket(order.position) : "null") +
          StringFormat(",\"time\":%I64d", order.setup_msc) + JsonField("done_time", over ? StringFormat("%I64d", order.done_msc) : "null") + "}";
  }

// H1. Of the selected history, which is in the order of time.
void DealsTell()
  {
   int total = HistoryDealsTotal();
   int from = total;
   int known = 0;
   long newest = 0;
   while(from > 0 && known <= NG_DEALS_OVERLAP)
     {
      ulong ticket = HistoryDealGetTicket(from - 1);
      if(ticket == 0)
         break;
      newest = LargerOf(newest, HistoryDealGetInteger(ticket, DEAL_TIME));
      if(g_deal_after != "" && !TicketAfter(TicketOf(ticket), g_deal_after))
         known++;
      from--;
     }
   for(int at = from; at < total; at++)
     {
      ulong ticket = HistoryDealGetTicket(at);
      string name = TicketOf(ticket);
      if(ticket == 0 || IndexGet(g_deals_told, name, 0) != 0)
         continue;
      IndexSet(g_deals_told, name, 1);
      NgDeal deal;
      DealRead(ticket, deal);
      EventPush(g_trade_stream, DealEvent(deal));
     }
   // What is older than two hours before the newest one was told, or was known: the next look need not load it again.
   // In autumn the broker's clock goes back by an hour.
   if(newest > 7200)
      g_history_from_s = newest - 7200;
  }

string DealEvent(const NgDeal &deal)
  {
   return "{\"kind\":\"deal\",\"deal\":" + JsonTicket(deal.ticket) + JsonField("type", "\"" + EnumToString(deal.type) + "\"") +
          JsonField("entry", "\"" + EnumToString(deal.entry) + "\"") + JsonField("reason", "\"" + EnumToString(deal.reason) + "\"") +
          JsonField("order", JsonTicket(deal.order)) + JsonField("position", JsonTicket(deal.position)) +
          JsonField("symbol", deal.symbol == "" ? "null" : JsonQuote(deal.symbol)) + JsonField("volume", JsonNumber(deal.volume)) +
          JsonField("price", JsonNumber(deal.price)) + JsonField("profit", JsonNumber(deal.profit)) + JsonField("swap", JsonNumber(deal.swap)) +
          JsonField("commission", JsonNumber(deal.commission)) + JsonField("fee", JsonNumber(deal.fee)) + MagicField(deal.magic) +
          JsonField("comment", JsonQuote(deal.comment)) + StringFormat(",\"time\":%I64d}", deal.msc);
  }
