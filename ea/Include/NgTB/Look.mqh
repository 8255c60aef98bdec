// A look at the terminal: what carries a tag, and what became of one ticket (contract §5, step 3 and 6).

struct NgLook
  {
   bool              connected;
   bool              netting;
   NgStamp           at;
   // By the tag.
   NgPosition        positions[];
   NgOrder           orders[];
   NgOrder           history[];
   NgDeal            deals[];
   // By the ticket.
   bool              has_position;
   NgPosition        position;
   bool              has_order;
   NgOrder           order;
   bool              has_opposite;
   NgPosition        opposite;
   NgDeal            ticket_deals[];
   bool              has_ticket_order;
   NgOrder           ticket_order;
   int               digits;
   double            step;
  };

// `magic` 0: by ticket alone; `ticket` "": by the tag alone; `age_ms` below 0: the whole history.
void LookAt(const ulong magic, const string ticket, const string opposite, const long age_ms, NgLook &look)
  {
   TerminalRead();
   ClockRead();
   look.at = g_now;
   look.connected = g_terminal.connected;
   look.netting = g_terminal.netting;
   look.has_position = false;
   look.has_order = false;
   look.has_opposite = false;
   look.has_ticket_order = false;
   look.digits = 8;
   look.step = 1e-8;
   ArrayResize(look.positions, 0);
   ArrayResize(look.orders, 0);
   ArrayResize(look.history, 0);
   ArrayResize(look.deals, 0);
   ArrayResize(look.ticket_deals, 0);
   LookOpen(magic, ticket, opposite, look);
   if(magic != 0)
      LookTag(magic, age_ms, look);
   if(ticket != "")
      LookTicket(ticket, look);
  }

void LookOpen(const ulong magic, const string ticket, const string opposite, NgLook &look)
  {
   NgPosition positions[];
   PositionsRead(positions);
   for(int at = 0; at < ArraySize(positions); at++)
     {
      if(magic != 0 && positions[at].magic == magic)
        {
         int count = ArraySize(look.positions);
         ArrayResize(look.positions, count + 1);
         look.positions[count] = positions[at];
        }
      if(ticket != "" && positions[at].ticket == ticket)
        {
         look.has_position = true;
         look.position = positions[at];
        }
      if(opposite != "" && positions[at].ticket == opposite)
        {
         look.has_opposite = true;
         look.opposite = positions[at];
        }
     }
   NgOrder orders[];
   OrdersRead(orders);
   for(int at = 0; at < ArraySize(orders); at++)
     {
      if(magic != 0 && orders[at].magic == magic)
        {
         int count = ArraySize(look.orders);
         ArrayResize(look.orders, count + 1);
         look.orders[count] = orders[at];
        }
      if(ticket != "" && orders[at].ticket == ticket)
        {
         look.has_order = true;
         look.order = orders[at];
        }
     }
  }

void LookTag(const ulong magic, const long age_ms, NgLook &look)
  {
   if(!HistoryOf(age_ms))
      return;
   for(int at = 0; at < HistoryOrdersTotal(); at++)
     {
      ulong order = HistoryOrderGetTicket(at);
      if(order == 0 || (ulong)HistoryOrderGetInteger(order, ORDER_MAGIC) != magic)
         continue;
      int count = ArraySize(look.history);
      ArrayResize(look.history, count + 1);
      HistoryOrderRead(order, look.history[count]);
     }
   for(int at = 0; at < HistoryDealsTotal(); at++)
     {
      ulong deal = HistoryDealGetTicket(at);
      if(deal == 0 || (ulong)HistoryDealGetInteger(deal, DEAL_MAGIC) != magic)
         continue;
      int count = ArraySize(look.deals);
      ArrayResize(look.deals, count + 1);
      DealRead(deal, look.deals[count]);
     }
  }

void LookTicket(const string ticket, NgLook &look)
  {
   long number = StringToInteger(ticket);
   string symbol = look.has_position ? look.position.symbol : (look.has_order ? look.order.symbol : "");
   LookDeals(number, look.ticket_deals);
   if(symbol == "" && ArraySize(look.ticket_deals) > 0)
      symbol = look.ticket_deals[0].symbol;
   if(!look.has_order && HistoryOrderSelect((ulong)number))
     {
      HistoryOrderRead((ulong)number, look.ticket_order);
      look.has_ticket_order = true;
      if(symbol == "")
         symbol = look.ticket_order.symbol;
     }
   double step = symbol == "" ? 0.0 : SymbolInfoDouble(symbol, SYMBOL_VOLUME_STEP);
   if(step > 0.0)
     {
      look.step = step;
      look.digits = (int)SymbolInfoInteger(symbol, SYMBOL_DIGITS);
     }
  }

// The deals of a position, oldest first.
void LookDeals(const long position, NgDeal &deals[])
  {
   ArrayResize(deals, 0);
   if(!HistorySelectByPosition(position))
      return;
   int total = HistoryDealsTotal();
   ArrayResize(deals, total);
   int count = 0;
   for(int at = 0; at < total; at++)
     {
      ulong deal = HistoryDealGetTicket(at);
      if(deal == 0)
         continue;
      DealRead(deal, deals[count]);
      count++;
     }
   ArrayResize(deals, count);
  }

#define NG_TAG_BITS 43
#define NG_TAG_MASK 0x7FFFFFFFFFF
#define NG_STRATEGY_MAX 1048575

// The command_no in a magic, if it is a tag; 0: it is none (contract §4).
long TagNumber(const ulong magic)
  {
   if(magic > (ulong)LONG_MAX || (long)(magic >> NG_TAG_BITS) > NG_STRATEGY_MAX)
      return 0;
   return (long)(magic & NG_TAG_MASK);
  }

// What has no tag has no strategy, and that is strategy 0.
long TagStrategy(const ulong magic)
  {
   return TagNumber(magic) == 0 ? 0 : (long)(magic >> NG_TAG_BITS);
  }

ulong TagOf(const long strategy_no, const long command_no)
  {
   return ((ulong)strategy_no << NG_TAG_BITS) | (ulong)command_no;
  }

// The newest command_no in the tags of positions, orders and history; 0: none.
long HighestTag()
  {
   long highest = 0;
   for(int at = 0; at < PositionsTotal(); at++)
      if(PositionGetTicket(at) != 0)
         highest = LargerOf(highest, TagNumber((ulong)PositionGetInteger(POSITION_MAGIC)));
   for(int at = 0; at < OrdersTotal(); at++)
      if(OrderGetTicket(at) != 0)
         highest = LargerOf(highest, TagNumber((ulong)OrderGetInteger(ORDER_MAGIC)));
   if(!HistoryOf(-1))
      return highest;
   for(int at = 0; at < HistoryOrdersTotal(); at++)
     {
      ulong order = HistoryOrderGetTicket(at);
      if(order != 0)
         highest = LargerOf(highest, TagNumber((ulong)HistoryOrderGetInteger(order, ORDER_MAGIC)));
     }
   for(int at = 0; at < HistoryDealsTotal(); at++)
     {
      ulong deal = HistoryDealGetTicket(at);
      if(deal != 0)
         highest = LargerOf(highest, TagNumber((ulong)HistoryDealGetInteger(deal, DEAL_MAGIC)));
     }
   return highest;
  }
