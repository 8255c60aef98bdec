// One order on its way to the trade server, and what OrderSend left behind.
//
//   O1. The filling mode is chosen once, from the symbol; modes are never tried in turn.
//   O2. A position is named by its ticket as it is now, read right before the order.

struct NgSent
  {
   bool              nothing;      // there was nothing to send it about: nothing left the terminal
   uint              retcode;
   string            comment;
   string            order;
   string            deal;
   string            position;
   double            price;
   double            volume;
   bool              has_money;
   double            profit;
   double            swap;
   double            commission;
  };

void SentNothing(NgSent &sent)
  {
   sent.nothing = false;
   sent.retcode = 0;
   sent.comment = "";
   sent.order = "";
   sent.deal = "";
   sent.position = "";
   sent.price = 0.0;
   sent.volume = 0.0;
   sent.has_money = false;
   sent.profit = 0.0;
   sent.swap = 0.0;
   sent.commission = 0.0;
  }

// Sends the job's order. Nothing is done before it that could take time (P5).
void OrderOf(const NgJob &job, NgSent &sent)
  {
   SentNothing(sent);
   MqlTradeRequest request = {};
   request.magic = job.magic;
   request.comment = job.comment;
   bool fits = false;
   if(IsOpening(job.type))
      fits = OrderOpening(job, request);
   else
      if(job.type == "MODIFY_PENDING")
         fits = OrderModify(job, request);
      else
         if(job.type == "CANCEL_PENDING")
           {
            request.action = TRADE_ACTION_REMOVE;
            request.order = (ulong)StringToInteger(job.ticket);
            fits = true;
           }
         else
            fits = OrderPosition(job, request);
   if(!fits)
     {
      sent.nothing = true;
      return;
     }
   TimesSent(job.id);
   OrderPut(request, sent);
   if(sent.retcode != 0)
      TimesExecuted(job.id);
  }

bool OrderOpening(const NgJob &job, MqlTradeRequest &request)
  {
   request.symbol = job.symbol;
   request.volume = job.volume;
   request.type = (ENUM_ORDER_TYPE)OrderTypeOf(job.order_type, job.type == "PLACE_PENDING");
   int digits = (int)SymbolInfoInteger(job.symbol, SYMBOL_DIGITS);
   request.sl = NormalizeDouble(job.sl, digits);
   request.tp = NormalizeDouble(job.tp, digits);
   if(job.type == "OPEN_TRADE")
     {
      request.action = TRADE_ACTION_DEAL;
      OrderMarket(request, job.deviation);
      return true;
     }
   request.action = TRADE_ACTION_PENDING;
   request.price = NormalizeDouble(job.price, digits);
   request.stoplimit = job.has_stop_limit ? NormalizeDouble(job.stop_limit, digits) : 0.0;
   request.type_filling = ORDER_FILLING_RETURN;
   OrderExpiration(job.expiration_ms, request);
   return true;
  }

void OrderExpiration(const long expiration_ms, MqlTradeRequest &request)
  {
   request.type_time = expiration_ms > 0 ? ORDER_TIME_SPECIFIED : ORDER_TIME_GTC;
   request.expiration = (datetime)(expiration_ms / 1000);
  }

// Price, deviation and filling of an order at the market.
void OrderMarket(MqlTradeRequest &request, const long deviation)
  {
   if(SymbolInfoInteger(request.symbol, SYMBOL_SELECT) == 0 && !SymbolSelect(request.symbol, true))
      LogWarn("the symbol " + request.symbol + " can't be shown in Market Watch");
   bool buy = request.type == ORDER_TYPE_BUY;
   request.price = SymbolInfoDouble(request.symbol, buy ? SYMBOL_ASK : SYMBOL_BID);
   request.deviation = (ulong)(deviation >= 0 ? deviation : g_set.deviation);
   request.type_filling = FillingOf(request.symbol);
  }

// O1.
ENUM_ORDER_TYPE_FILLING FillingOf(const string symbol)
  {
   long modes = SymbolInfoInteger(symbol, SYMBOL_FILLING_MODE);
   if((modes & SYMBOL_FILLING_FOK) != 0)
      return ORDER_FILLING_FOK;
   if((modes & SYMBOL_FILLING_IOC) != 0)
      return ORDER_FILLING_IOC;
   return ORDER_FILLING_RETURN;
  }

// Absolute values: what is not named stays as it is.
bool OrderModify(const NgJob &job, MqlTradeRequest &request)
  {
   ulong ticket = (ulong)StringToInteger(job.ticket);
   if(!OrderSelect(ticket))
      return false;
   NgOrder now;
   OrderRead(ticket, now);
   int digits = (int)SymbolInfoInteger(now.symbol, SYMBOL_DIGITS);
   request.action = TRADE_ACTION_MODIFY;
   request.order = ticket;
   request.symbol = now.symbol;
   request.price = NormalizeDouble(job.has_price ? job.price : now.price, digits);
   request.stoplimit = NormalizeDouble(job.has_stop_limit ? job.stop_limit : now.stop_limit, digits);
   request.sl = NormalizeDouble(job.has_sl ? job.sl : now.sl, digits);
   request.tp = NormalizeDouble(job.has_tp ? job.tp : now.tp, digits);
   OrderExpiration(job.has_expiration ? job.expiration_ms : now.expiration_s * 1000, request);
   return true;
  }

// What is about an open position.
bool OrderPosition(const NgJob &job, MqlTradeRequest &request)
  {
   NgPosition now;
   if(!PositionNow(job.ticket, now))
      return false;
   request.position = now.live_ticket;
   request.symbol = now.symbol;
   int digits = (int)SymbolInfoInteger(now.symbol, SYMBOL_DIGITS);
   if(job.type == "MODIFY_TRADE")
     {
      request.action = TRADE_ACTION_SLTP;
      request.sl = NormalizeDouble(job.has_sl ? job.sl : now.sl, digits);
      request.tp = NormalizeDouble(job.has_tp ? job.tp : now.tp, digits);
      return true;
     }
   if(job.type == "CLOSE_BY")
     {
      NgPosition opposite;
      if(!PositionNow(job.opposite, opposite))
         return false;
      request.action = TRADE_ACTION_CLOSE_BY;
      request.position_by = opposite.live_ticket;
      return true;
     }
   double volume = job.type == "CLOSE_PARTIAL" ? NormalizeDouble(job.compare_expected - job.compare_remaining, 8) : now.volume;
   OrderClose(now, volume, request);
   return true;
  }

void OrderClose(const NgPosition &position, const double volume, MqlTradeRequest &request)
  {
   request.action = TRADE_ACTION_DEAL;
   request.position = position.live_ticket;
   request.symbol = position.symbol;
   request.volume = volume;
   request.type = position.buy ? ORDER_TYPE_SELL : ORDER_TYPE_BUY;
   OrderMarket(request, -1);
  }

// A position by its identifier, as it is at this moment.
bool PositionNow(const string ticket, NgPosition &position)
  {
   if(PositionSelectByTicket((ulong)StringToInteger(ticket)))
     {
      PositionRead(position);
      if(position.ticket == ticket)
         return true;
     }
   for(int at = 0; at < PositionsTotal(); at++)
     {
      if(PositionGetTicket(at) == 0)
         continue;
      PositionRead(position);
      if(position.ticket == ticket)
         return true;
     }
   return false;
  }

void OrderPut(MqlTradeRequest &request, NgSent &sent)
  {
   MqlTradeResult result = {};
   ResetLastError();
   bool returned = OrderSend(request, result);
   int error = GetLastError();
   ClockRead();
   // What OrderSend returns proves nothing; without a retcode nobody knows what became of it (contract §5.6).
   sent.retcode = result.retcode;
   sent.comment = result.comment;
   if(sent.comment == "")
      sent.comment = RetcodeRemedy(result.retcode);
   if(sent.comment == "" && !returned)
      sent.comment = StringFormat("OrderSend failed with error %d", error);
   sent.order = result.order > 0 ? TicketOf(result.order) : "";
   sent.deal = result.deal > 0 ? TicketOf(result.deal) : "";
   sent.price = result.price;
   sent.volume = result.volume;
   OrderFacts(request, result, sent);
   LogDebug(StringFormat("OrderSend %s: retcode %d, order %s, deal %s", EnumToString(request.action), (int)result.retcode,
                         sent.order, sent.deal));
  }

// What the history already knows of it: the position, the price that it was filled at, the money.
void OrderFacts(const MqlTradeRequest &request, const MqlTradeResult &result, NgSent &sent)
  {
   if(result.deal > 0 && HistoryDealSelect(result.deal))
     {
      NgDeal deal;
      DealRead(result.deal, deal);
      sent.position = deal.position;
      if(deal.price > 0.0)
         sent.price = deal.price;
      sent.has_money = true;
      sent.profit = deal.profit;
      sent.swap = deal.swap;
      sent.commission = deal.commission + deal.fee;
      return;
     }
   if(result.order > 0 && HistoryOrderSelect(result.order))
     {
      long position = HistoryOrderGetInteger(result.order, ORDER_POSITION_ID);
      if(position > 0)
         sent.position = StringFormat("%I64d", position);
     }
   // A hedging position has the ticket of the order that opened it; a netting one is the symbol's.
   if(sent.position == "" && request.action == TRADE_ACTION_DEAL && result.retcode == TRADE_RETCODE_DONE)
     {
      if(!g_terminal.netting)
         sent.position = sent.order;
      else
         if(PositionSelect(request.symbol))
            sent.position = StringFormat("%I64d", PositionGetInteger(POSITION_IDENTIFIER));
     }
  }

// The answer's fields after an order that was done.
string SentJson(const NgJob &job, const NgSent &sent)
  {
   string codes = RetcodeFields(sent.retcode) + "}";
   if(job.type == "OPEN_TRADE")
      return "{\"ticket\":" + JsonTicket(sent.position != "" ? sent.position : sent.order) +
             JsonField("order", JsonTicket(sent.order)) + JsonField("deal", JsonTicket(sent.deal)) +
             JsonField("open_price", JsonNumber(sent.price)) + JsonField("volume", JsonNumber(sent.volume)) +
             JsonField("sl", JsonNumber(job.sl)) + JsonField("tp", JsonNumber(job.tp)) + codes;
   if(job.type == "PLACE_PENDING")
      return "{\"ticket\":" + JsonTicket(sent.order) + JsonField("order", JsonTicket(sent.order)) +
             JsonField("price", JsonNumber(job.price)) + JsonField("volume", JsonNumber(job.volume)) + codes;
   string ticket = "{\"ticket\":" + JsonTicket(job.ticket);
   if(IsModify(job.type))
      return ticket + (job.has_sl ? JsonField("sl", JsonNumber(job.sl)) : "") +
             (job.has_tp ? JsonField("tp", JsonNumber(job.tp)) : "") +
             (job.has_price ? JsonField("price", JsonNumber(job.price)) : "") + codes;
   if(job.type == "CANCEL_PENDING")
      return ticket + ",\"filled\":false" + codes;
   return ticket + (job.type == "CLOSE_BY" ? JsonField("opposite_ticket", JsonTicket(job.opposite)) : "") +
          JsonField("order", JsonTicket(sent.order)) + JsonField("deal", JsonTicket(sent.deal)) +
          JsonField("close_price", JsonNumber(sent.price)) + JsonField("volume", JsonNumber(sent.volume)) +
          (sent.has_money ? JsonField("profit", JsonNumber(sent.profit)) + JsonField("swap", JsonNumber(sent.swap)) +
           JsonField("commission", JsonNumber(sent.commission)) : "") +
          (sent.retcode == TRADE_RETCODE_POSITION_CLOSED ? ",\"already_closed\":true" : "") + codes;
  }
