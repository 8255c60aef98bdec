// The terminal's truth as values: positions, orders, deals, and what the terminal says of itself.
//
//   A position is known by its identifier (POSITION_IDENTIFIER): on a netting account its ticket may change.

struct NgPosition
  {
   string            ticket;        // the identifier
   ulong             live_ticket;   // what a request must name
   string            symbol;
   bool              buy;
   double            volume;
   double            open_price;
   long              open_msc;      // broker time
   double            sl;
   double            tp;
   double            profit;
   double            swap;
   ulong             magic;
   string            comment;
  };

struct NgOrder
  {
   string            ticket;
   string            symbol;
   ENUM_ORDER_TYPE   type;
   ENUM_ORDER_STATE  state;
   ENUM_ORDER_REASON reason;
   double            volume;
   double            left;
   double            price;
   double            stop_limit;
   double            sl;
   double            tp;
   long              expiration_s;  // broker time; 0: none
   long              setup_msc;
   long              done_msc;
   string            position;
   ulong             magic;
   string            comment;
  };

struct NgDeal
  {
   string            ticket;
   string            order;
   string            position;
   string            symbol;
   ENUM_DEAL_TYPE    type;
   ENUM_DEAL_ENTRY   entry;
   ENUM_DEAL_REASON  reason;
   double            volume;
   double            price;
   double            profit;
   double            swap;
   double            commission;
   double            fee;
   long              msc;
   ulong             magic;
   string            comment;
  };

struct NgTerminal
  {
   bool              known;
   bool              connected;
   string            login;
   bool              netting;
   string            blocked_by;    // JSON list of what keeps the EA from trading
  };

NgTerminal g_terminal;
// Since when the terminal has its trade server; what it shows is whole only some time after that.
bool    g_synchronised = false;
NgStamp g_synchronised_at;
// When this process began: what was before is not known for how long.
NgStamp g_started;

// Reads the terminal's state. True: it is another than before.
bool TerminalRead()
  {
   string blocks = "";
   if(TerminalInfoInteger(TERMINAL_TRADE_ALLOWED) == 0)
      blocks += ",\"TERMINAL_TRADE_ALLOWED\"";
   if(MQLInfoInteger(MQL_TRADE_ALLOWED) == 0)
      blocks += ",\"MQL_TRADE_ALLOWED\"";
   if(AccountInfoInteger(ACCOUNT_TRADE_ALLOWED) == 0)
      blocks += ",\"ACCOUNT_TRADE_ALLOWED\"";
   if(AccountInfoInteger(ACCOUNT_TRADE_EXPERT) == 0)
      blocks += ",\"ACCOUNT_TRADE_EXPERT\"";
   string list = "[" + (blocks == "" ? "" : StringSubstr(blocks, 1)) + "]";
   bool connected = TerminalInfoInteger(TERMINAL_CONNECTED) != 0;
   bool changed = !g_terminal.known || g_terminal.connected != connected || g_terminal.blocked_by != list;
   g_terminal.known = true;
   g_terminal.connected = connected;
   g_terminal.blocked_by = list;
   g_terminal.login = StringFormat("%I64d", AccountInfoInteger(ACCOUNT_LOGIN));
   g_terminal.netting = AccountInfoInteger(ACCOUNT_MARGIN_MODE) != ACCOUNT_MARGIN_MODE_RETAIL_HEDGING;
   if(connected && !g_synchronised)
      g_synchronised_at = g_now;
   g_synchronised = connected;
   return changed;
  }

// A terminal that is logged in elsewhere would trade another account (F19).
bool LoginDiffers()
  {
   return g_terminal.known && g_terminal.login != g_set.login;
  }

// Is what the terminal shows now the whole truth about what was sent, or may have been sent, at that moment?
bool IsSettled(const NgStamp &sent_at)
  {
   if(!g_synchronised || !g_terminal.connected || LoginDiffers())
      return false;
   long since = LargerOf(sent_at.mono_ms, g_synchronised_at.mono_ms);
   return g_now.mono_ms - since >= g_set.settle_ms;
  }

// How long ago; a record from before this process is taken for as young as the process.
long SinceMs(const NgStamp &at)
  {
   bool ours = at.mono_ms >= g_started.mono_ms && at.mono_ms <= g_now.mono_ms;
   return g_now.mono_ms - (ours ? at.mono_ms : g_started.mono_ms);
  }

// The position that is selected.
void PositionRead(NgPosition &position)
  {
   position.ticket = StringFormat("%I64d", PositionGetInteger(POSITION_IDENTIFIER));
   position.live_ticket = (ulong)PositionGetInteger(POSITION_TICKET);
   position.symbol = PositionGetString(POSITION_SYMBOL);
   position.buy = PositionGetInteger(POSITION_TYPE) == POSITION_TYPE_BUY;
   position.volume = PositionGetDouble(POSITION_VOLUME);
   position.open_price = PositionGetDouble(POSITION_PRICE_OPEN);
   position.open_msc = PositionGetInteger(POSITION_TIME_MSC);
   position.sl = PositionGetDouble(POSITION_SL);
   position.tp = PositionGetDouble(POSITION_TP);
   position.profit = PositionGetDouble(POSITION_PROFIT);
   position.swap = PositionGetDouble(POSITION_SWAP);
   position.magic = (ulong)PositionGetInteger(POSITION_MAGIC);
   position.comment = PositionGetString(POSITION_COMMENT);
  }

// All open positions, by ticket.
void PositionsRead(NgPosition &list[])
  {
   int total = PositionsTotal();
   ArrayResize(list, total);
   int count = 0;
   for(int at = 0; at < total; at++)
     {
      if(PositionGetTicket(at) == 0)
         continue;
      NgPosition one;
      PositionRead(one);
      // By insertion: lists are short, and nearly in order.
      int place = count;
      while(place > 0 && TicketAfter(list[place - 1].ticket, one.ticket))
        {
         list[place] = list[place - 1];
         place--;
        }
      list[place] = one;
      count++;
     }
   ArrayResize(list, count);
  }

// Decimal texts without leading zeros: the longer one is the larger.
bool TicketAfter(const string one, const string other)
  {
   int length = StringLen(one);
   int other_length = StringLen(other);
   return length != other_length ? length > other_length : StringCompare(one, other) > 0;
  }

int PositionFind(const NgPosition &list[], const string ticket)
  {
   for(int at = 0; at < ArraySize(list); at++)
      if(list[at].ticket == ticket)
         return at;
   return -1;
  }

// The order that is selected among those that wait.
void OrderRead(const ulong ticket, NgOrder &order)
  {
   order.ticket = TicketOf(ticket);
   order.symbol = OrderGetString(ORDER_SYMBOL);
   order.type = (ENUM_ORDER_TYPE)OrderGetInteger(ORDER_TYPE);
   order.state = (ENUM_ORDER_STATE)OrderGetInteger(ORDER_STATE);
   order.reason = (ENUM_ORDER_REASON)OrderGetInteger(ORDER_REASON);
   order.volume = OrderGetDouble(ORDER_VOLUME_INITIAL);
   order.left = OrderGetDouble(ORDER_VOLUME_CURRENT);
   order.price = OrderGetDouble(ORDER_PRICE_OPEN);
   order.stop_limit = OrderGetDouble(ORDER_PRICE_STOPLIMIT);
   order.sl = OrderGetDouble(ORDER_SL);
   order.tp = OrderGetDouble(ORDER_TP);
   order.expiration_s = OrderGetInteger(ORDER_TIME_EXPIRATION);
   order.setup_msc = OrderGetInteger(ORDER_TIME_SETUP_MSC);
   order.done_msc = 0;
   order.position = "";
   order.magic = (ulong)OrderGetInteger(ORDER_MAGIC);
   order.comment = OrderGetString(ORDER_COMMENT);
  }

// All orders that wait, market orders on their way too.
void OrdersRead(NgOrder &list[])
  {
   int total = OrdersTotal();
   ArrayResize(list, total);
   int count = 0;
   for(int at = 0; at < total; at++)
     {
      ulong ticket = OrderGetTicket(at);
      if(ticket == 0)
         continue;
      OrderRead(ticket, list[count]);
      count++;
     }
   ArrayResize(list, count);
  }

// An order of the selected history.
void HistoryOrderRead(const ulong ticket, NgOrder &order)
  {
   order.ticket = TicketOf(ticket);
   order.symbol = HistoryOrderGetString(ticket, ORDER_SYMBOL);
   order.type = (ENUM_ORDER_TYPE)HistoryOrderGetInteger(ticket, ORDER_TYPE);
   order.state = (ENUM_ORDER_STATE)HistoryOrderGetInteger(ticket, ORDER_STATE);
   order.reason = (ENUM_ORDER_REASON)HistoryOrderGetInteger(ticket, ORDER_REASON);
   order.volume = HistoryOrderGetDouble(ticket, ORDER_VOLUME_INITIAL);
   order.left = HistoryOrderGetDouble(ticket, ORDER_VOLUME_CURRENT);
   order.price = HistoryOrderGetDouble(ticket, ORDER_PRICE_OPEN);
   order.stop_limit = HistoryOrderGetDouble(ticket, ORDER_PRICE_STOPLIMIT);
   order.sl = HistoryOrderGetDouble(ticket, ORDER_SL);
   order.tp = HistoryOrderGetDouble(ticket, ORDER_TP);
   order.expiration_s = HistoryOrderGetInteger(ticket, ORDER_TIME_EXPIRATION);
   order.setup_msc = HistoryOrderGetInteger(ticket, ORDER_TIME_SETUP_MSC);
   order.done_msc = HistoryOrderGetInteger(ticket, ORDER_TIME_DONE_MSC);
   long position = HistoryOrderGetInteger(ticket, ORDER_POSITION_ID);
   order.position = position > 0 ? StringFormat("%I64d", position) : "";
   order.magic = (ulong)HistoryOrderGetInteger(ticket, ORDER_MAGIC);
   order.comment = HistoryOrderGetString(ticket, ORDER_COMMENT);
  }

// A deal of the selected history.
void DealRead(const ulong ticket, NgDeal &deal)
  {
   deal.ticket = TicketOf(ticket);
   deal.order = StringFormat("%I64d", HistoryDealGetInteger(ticket, DEAL_ORDER));
   deal.position = StringFormat("%I64d", HistoryDealGetInteger(ticket, DEAL_POSITION_ID));
   deal.symbol = HistoryDealGetString(ticket, DEAL_SYMBOL);
   deal.type = (ENUM_DEAL_TYPE)HistoryDealGetInteger(ticket, DEAL_TYPE);
   deal.entry = (ENUM_DEAL_ENTRY)HistoryDealGetInteger(ticket, DEAL_ENTRY);
   deal.reason = (ENUM_DEAL_REASON)HistoryDealGetInteger(ticket, DEAL_REASON);
   deal.volume = HistoryDealGetDouble(ticket, DEAL_VOLUME);
   deal.price = HistoryDealGetDouble(ticket, DEAL_PRICE);
   deal.profit = HistoryDealGetDouble(ticket, DEAL_PROFIT);
   deal.swap = HistoryDealGetDouble(ticket, DEAL_SWAP);
   deal.commission = HistoryDealGetDouble(ticket, DEAL_COMMISSION);
   deal.fee = HistoryDealGetDouble(ticket, DEAL_FEE);
   deal.msc = HistoryDealGetInteger(ticket, DEAL_TIME_MSC);
   deal.magic = (ulong)HistoryDealGetInteger(ticket, DEAL_MAGIC);
   deal.comment = HistoryDealGetString(ticket, DEAL_COMMENT);
  }

#define NG_FOREVER 4102444800

// The history from so many ms ago on; below 0: all of it. Two days more, for the broker's clock is another one.
bool HistoryOf(const long age_ms)
  {
   datetime from = 0;
   if(age_ms >= 0)
      from = TimeCurrent() - (datetime)(age_ms / 1000 + 2 * 86400);
   return HistorySelect(from, (datetime)NG_FOREVER);
  }

// Is a position over by what its deals say? Some of its deals alone prove nothing.
bool DealsAreFlat(const NgDeal &deals[])
  {
   double net = 0.0;
   for(int at = 0; at < ArraySize(deals); at++)
      net += deals[at].type == DEAL_TYPE_BUY ? deals[at].volume : -deals[at].volume;
   return ArraySize(deals) > 0 && MathAbs(net) < 1e-9;
  }

bool SameVolume(const double one, const double other, const double step)
  {
   return MathAbs(one - other) < step / 2.0 + 1e-9;
  }

bool SamePrice(const double one, const double other, const int digits)
  {
   return MathAbs(one - other) < 0.5 * MathPow(10.0, -digits);
  }
