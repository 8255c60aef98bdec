// What a look says of a command that sends one order (contract §4, "when unknown").

#define NG_READ_DONE    0   // it happened, or the wanted state is there
#define NG_READ_THERE   1   // the order can be sent (again)
#define NG_READ_WAITING 2   // an order is on its way
#define NG_READ_ABSENT  3   // no trace, which is proof only after settle
#define NG_READ_DEAD    4   // it was dropped, it can't happen any more
#define NG_READ_REFUSED 5   // the order does not fit what is there

struct NgReading
  {
   int               kind;
   string            evidence;
   string            response;     // JSON
   bool              has_compare;
   double            expected;
   double            remaining;
   string            error;
   uint              retcode;
  };

void ReadingSet(NgReading &reading, const int kind, const string evidence, const string response)
  {
   reading.kind = kind;
   reading.evidence = evidence;
   reading.response = response;
   reading.has_compare = false;
   reading.expected = 0.0;
   reading.remaining = 0.0;
   reading.error = "";
   reading.retcode = 0;
  }

void ReadingRefuse(NgReading &reading, const uint retcode, const string error)
  {
   ReadingSet(reading, NG_READ_REFUSED, "", "{}");
   reading.retcode = retcode;
   reading.error = error;
  }

void ReadingOf(const NgJob &job, const NgLook &look, NgReading &reading)
  {
   ReadingSet(reading, NG_READ_ABSENT, "", "{}");
   if(job.type == "OPEN_TRADE")
      ReadOpening(look, reading);
   if(job.type == "PLACE_PENDING")
      ReadPending(look, reading);
   if(job.type == "MODIFY_TRADE")
      ReadModify(job, look, reading);
   if(job.type == "MODIFY_PENDING")
      ReadModifyPending(job, look, reading);
   if(job.type == "CANCEL_PENDING")
      ReadCancel(job, look, reading);
   if(job.type == "CLOSE_TRADE")
      ReadClose(job, look, reading);
   if(job.type == "CLOSE_PARTIAL" || job.type == "CLOSE_BY")
      ReadCompared(job, look, reading);
  }

// A deal or a position is proof; an order that is still active is not.
void ReadOpening(const NgLook &look, NgReading &reading)
  {
   NgDeal made[];
   DealsOfEntry(look.deals, false, made);
   if(ArraySize(made) == 0)
      DealsCopy(look.deals, made); // netting: the opening of the other side may have been a mere reduction
   if(ArraySize(made) > 0)
     {
      ReadingSet(reading, NG_READ_DONE, "tag",
                 "{\"ticket\":" + JsonTicket(made[0].position) + JsonField("order", JsonTicket(made[0].order)) +
                 JsonField("deal", JsonTicket(made[0].ticket)) + JsonField("open_price", JsonNumber(DealsPrice(made))) +
                 JsonField("volume", JsonNumber(DealsVolume(made))) + "}");
      return;
     }
   if(ArraySize(look.positions) > 0)
     {
      ReadingSet(reading, NG_READ_DONE, "tag",
                 "{\"ticket\":" + JsonTicket(look.positions[0].ticket) +
                 JsonField("open_price", JsonNumber(look.positions[0].open_price)) +
                 JsonField("volume", JsonNumber(look.positions[0].volume)) +
                 JsonField("sl", JsonNumber(look.positions[0].sl)) + JsonField("tp", JsonNumber(look.positions[0].tp)) + "}");
      return;
     }
   if(ArraySize(look.orders) > 0)
     {
      ReadingSet(reading, NG_READ_WAITING, "", "{}");
      return;
     }
   int last = ArraySize(look.history) - 1;
   if(last < 0)
      return;
   if(look.history[last].state == ORDER_STATE_FILLED || look.history[last].state == ORDER_STATE_PARTIAL)
     {
      // Its deal comes after it: the position is named by the order until then.
      string position = look.history[last].position;
      if(position == "")
         ReadingSet(reading, NG_READ_WAITING, "", "{}");
      else
         ReadingSet(reading, NG_READ_DONE, "tag",
                    "{\"ticket\":" + JsonTicket(position) + JsonField("order", JsonTicket(look.history[last].ticket)) +
                    JsonField("volume", JsonNumber(look.history[last].volume - look.history[last].left)) + "}");
      return;
     }
   ReadingSet(reading, NG_READ_DEAD, "", "{}");
   reading.error = "the order " + look.history[last].ticket + " ended as " + EnumToString(look.history[last].state);
  }

// What became of it later does not undo the placing.
void ReadPending(const NgLook &look, NgReading &reading)
  {
   int last = ArraySize(look.history) - 1;
   if(ArraySize(look.orders) > 0)
      ReadingSet(reading, NG_READ_DONE, "tag",
                 "{\"ticket\":" + JsonTicket(look.orders[0].ticket) + JsonField("order", JsonTicket(look.orders[0].ticket)) +
                 JsonField("volume", JsonNumber(look.orders[0].volume)) +
                 JsonField("price", JsonNumber(look.orders[0].price)) + "}");
   else
      if(last >= 0)
        {
         bool filled = look.history[last].state == ORDER_STATE_FILLED || look.history[last].state == ORDER_STATE_PARTIAL;
         ReadingSet(reading, NG_READ_DONE, "tag",
                    "{\"ticket\":" + JsonTicket(look.history[last].ticket) +
                    JsonField("order", JsonTicket(look.history[last].ticket)) +
                    JsonField("volume", JsonNumber(look.history[last].volume)) +
                    JsonField("state", "\"" + EnumToString(look.history[last].state) + "\"") +
                    JsonField("position", JsonTicket(look.history[last].position)) + JsonField("filled", JsonFlag(filled)) + "}");
        }
      else
        {
         string position = ArraySize(look.positions) > 0 ? look.positions[0].ticket
                           : (ArraySize(look.deals) > 0 ? look.deals[0].position : "");
         if(position != "")
            ReadingSet(reading, NG_READ_DONE, "tag",
                       "{\"ticket\":" + JsonTicket(position) + JsonField("position", JsonTicket(position)) + ",\"filled\":true}");
        }
  }

string LevelsJson(const string ticket, const double sl, const double tp)
  {
   return "{\"ticket\":" + JsonTicket(ticket) + JsonField("sl", JsonNumber(sl)) + JsonField("tp", JsonNumber(tp)) + "}";
  }

void ReadModify(const NgJob &job, const NgLook &look, NgReading &reading)
  {
   if(look.has_position)
     {
      bool there = (!job.has_sl || SamePrice(job.sl, look.position.sl, look.digits)) &&
                   (!job.has_tp || SamePrice(job.tp, look.position.tp, look.digits));
      ReadingSet(reading, there ? NG_READ_DONE : NG_READ_THERE, "state",
                 LevelsJson(look.position.ticket, look.position.sl, look.position.tp));
      return;
     }
   if(DealsAreFlat(look.ticket_deals))
      ReadingRefuse(reading, TRADE_RETCODE_POSITION_CLOSED, "the position is closed");
  }

void ReadModifyPending(const NgJob &job, const NgLook &look, NgReading &reading)
  {
   if(look.has_order)
     {
      bool there = (!job.has_sl || SamePrice(job.sl, look.order.sl, look.digits)) &&
                   (!job.has_tp || SamePrice(job.tp, look.order.tp, look.digits)) &&
                   (!job.has_price || SamePrice(job.price, look.order.price, look.digits)) &&
                   (!job.has_stop_limit || SamePrice(job.stop_limit, look.order.stop_limit, look.digits)) &&
                   (!job.has_expiration || job.expiration_ms / 1000 == look.order.expiration_s);
      ReadingSet(reading, there ? NG_READ_DONE : NG_READ_THERE, "state",
                 LevelsJson(look.order.ticket, look.order.sl, look.order.tp));
      return;
     }
   if(look.has_ticket_order)
      ReadingRefuse(reading, TRADE_RETCODE_INVALID, "the order ended as " + EnumToString(look.ticket_order.state));
  }

void ReadCancel(const NgJob &job, const NgLook &look, NgReading &reading)
  {
   if(look.has_order)
     {
      ReadingSet(reading, NG_READ_THERE, "", "{}");
      return;
     }
   if(!look.has_ticket_order)
      return;
   bool filled = look.ticket_order.state == ORDER_STATE_FILLED || look.ticket_order.state == ORDER_STATE_PARTIAL;
   ReadingSet(reading, NG_READ_DONE, "state",
              "{\"ticket\":" + JsonTicket(job.ticket) + JsonField("state", "\"" + EnumToString(look.ticket_order.state) + "\"") +
              JsonField("filled", JsonFlag(filled)) +
              JsonField("position", filled ? JsonTicket(look.ticket_order.position) : "null") + "}");
  }

void ReadClose(const NgJob &job, const NgLook &look, NgReading &reading)
  {
   if(look.has_position)
     {
      ReadingSet(reading, NG_READ_THERE, "", "{}");
      if(look.netting)
         ReadGrown(job, look, reading);
      return;
     }
   if(!DealsAreFlat(look.ticket_deals))
      return;
   NgDeal exits[];
   DealsOfEntry(look.ticket_deals, true, exits);
   bool ours = false;
   for(int at = 0; at < ArraySize(exits); at++)
      ours = ours || exits[at].magic == job.magic;
   ReadingSet(reading, NG_READ_DONE, ours ? "tag" : "state",
              "{\"ticket\":" + JsonTicket(job.ticket) + FiguresFields(exits) + (ours ? "" : ",\"already_closed\":true") + "}");
  }

// Netting: all that was ordered is closed, and the position is there: it grew while the order was on its way. A second
// order would close what came after it (P3). What was filled in part is closed further.
void ReadGrown(const NgJob &job, const NgLook &look, NgReading &reading)
  {
   double closed = DealsVolume(look.deals);
   bool whole = job.has_compare && (closed > job.compare_expected || SameVolume(closed, job.compare_expected, look.step));
   if(whole && ReadOwnDeals(job, look, reading))
      return;
   reading.has_compare = true;
   reading.expected = NormalizeDouble(closed + look.position.volume, 8);
   reading.remaining = 0.0;
  }

// Deals that carry this command's tag: it was carried out.
bool ReadOwnDeals(const NgJob &job, const NgLook &look, NgReading &reading)
  {
   if(ArraySize(look.deals) == 0)
      return false;
   double left = look.has_position ? look.position.volume : 0.0;
   ReadingSet(reading, NG_READ_DONE, "tag",
              "{\"ticket\":" + JsonTicket(job.ticket) + JsonField("remaining_volume", JsonNumber(left)) +
              FiguresFields(look.deals) + "}");
   return true;
  }

// Compare, then set: at the target it is done, at the start it can be sent, else the caller saw something else.
void ReadCompared(const NgJob &job, const NgLook &look, NgReading &reading)
  {
   if(ReadOwnDeals(job, look, reading))
      return;
   bool by = job.type == "CLOSE_BY";
   double expected = 0.0;
   double remaining = 0.0;
   bool known = CompareOf(job, look, expected, remaining);
   if(!look.has_position)
     {
      if(!DealsAreFlat(look.ticket_deals))
         return;
      if(by && known && remaining == 0.0)
         ReadingSet(reading, NG_READ_DONE, "state", "{\"ticket\":" + JsonTicket(job.ticket) + ",\"remaining_volume\":0}");
      else
         ReadingRefuse(reading, TRADE_RETCODE_POSITION_CLOSED, "the position is closed");
      return;
     }
   double volume = look.position.volume;
   if(known && SameVolume(volume, remaining, look.step))
     {
      ReadingSet(reading, NG_READ_DONE, "state",
                 "{\"ticket\":" + JsonTicket(job.ticket) + JsonField("remaining_volume", JsonNumber(volume)) + "}");
      return;
     }
   if(by && !look.has_opposite && (!known || SameVolume(volume, expected, look.step)))
     {
      ReadingRefuse(reading, TRADE_RETCODE_POSITION_CLOSED, "the opposite position is not open");
      return;
     }
   if(known && SameVolume(volume, expected, look.step))
     {
      ReadingSet(reading, NG_READ_THERE, "", "{}");
      reading.has_compare = true;
      reading.expected = expected;
      reading.remaining = remaining;
      return;
     }
   ReadingRefuse(reading, TRADE_RETCODE_INVALID_CLOSE_VOLUME,
                 "the position has " + JsonNumber(volume) + " lots, not " + JsonNumber(expected));
  }

// The volumes of a compare-and-set: as they were fixed, as they were given, or as they follow from what is there.
bool CompareOf(const NgJob &job, const NgLook &look, double &expected, double &remaining)
  {
   if(job.has_compare)
     {
      expected = job.compare_expected;
      remaining = job.compare_remaining;
      return true;
     }
   if(job.expected > 0.0 && job.remaining >= 0.0)
     {
      expected = job.expected;
      remaining = job.remaining;
      return true;
     }
   if(!look.has_position)
      return false;
   expected = job.expected > 0.0 ? job.expected : look.position.volume;
   double part = job.volume;
   if(job.type == "CLOSE_BY")
     {
      if(!look.has_opposite)
         return false;
      part = look.opposite.volume;
     }
   remaining = NormalizeDouble(expected - part, 8);
   if(remaining < 0.0)
      remaining = 0.0;
   return true;
  }

// `exits`: those that made less of a position; else: those that made more of it.
void DealsOfEntry(const NgDeal &deals[], const bool exits, NgDeal &found[])
  {
   int count = 0;
   ArrayResize(found, ArraySize(deals));
   for(int at = 0; at < ArraySize(deals); at++)
     {
      bool is_exit = deals[at].entry == DEAL_ENTRY_OUT || deals[at].entry == DEAL_ENTRY_OUT_BY ||
                     (exits && deals[at].entry == DEAL_ENTRY_INOUT);
      if(is_exit == exits)
        {
         found[count] = deals[at];
         count++;
        }
     }
   ArrayResize(found, count);
  }

void DealsCopy(const NgDeal &deals[], NgDeal &copy[])
  {
   ArrayResize(copy, ArraySize(deals));
   for(int at = 0; at < ArraySize(deals); at++)
      copy[at] = deals[at];
  }

double DealsVolume(const NgDeal &deals[])
  {
   double volume = 0.0;
   for(int at = 0; at < ArraySize(deals); at++)
      volume += deals[at].volume;
   return NormalizeDouble(volume, 8);
  }

// Weighted by volume.
double DealsPrice(const NgDeal &deals[])
  {
   double turnover = 0.0;
   double volume = 0.0;
   bool same = true;
   for(int at = 0; at < ArraySize(deals); at++)
     {
      turnover += deals[at].volume * deals[at].price;
      volume += deals[at].volume;
      same = same && deals[at].price == deals[0].price;
     }
   if(volume <= 0.0)
      return 0.0;
   return same ? deals[0].price : NormalizeDouble(turnover / volume, 8);
  }

string FiguresFields(const NgDeal &exits[])
  {
   double profit = 0.0;
   double swap = 0.0;
   for(int at = 0; at < ArraySize(exits); at++)
     {
      profit += exits[at].profit;
      swap += exits[at].swap;
     }
   return JsonField("close_price", JsonNumber(DealsPrice(exits))) + JsonField("volume", JsonNumber(DealsVolume(exits))) +
          JsonField("profit", JsonNumber(NormalizeDouble(profit, 2))) + JsonField("swap", JsonNumber(NormalizeDouble(swap, 2)));
  }
