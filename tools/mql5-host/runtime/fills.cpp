// fills.cpp — turns a filled order into positions and deals, by the rules of hedging or netting.
#include <algorithm>
#include "broker.h"
#include "clock.h"
#include "faults.h"
#include "options.h"

namespace host {

using namespace mql;

Order make_order(const MqlTradeRequest &q, int reason) {
  Order o;
  o.ticket = new_ticket();
  o.symbol = narrow(q.symbol);
  o.type = q.type;
  o.state = ORDER_STATE_STARTED;
  o.volume_initial = o.volume = q.volume;
  o.price = q.price;
  o.sl = q.sl;
  o.tp = q.tp;
  o.stoplimit = q.stoplimit;
  o.setup_msc = server_ms();
  o.magic = q.magic;
  o.position = q.position;
  o.position_by = q.position_by;
  o.comment = broker_comment(narrow(q.comment));
  o.filling = q.type_filling;
  o.time_type = q.type_time;
  o.expiration = q.expiration;
  o.reason = reason;
  return o;
}

namespace {

Deal deal_of(const Order &o, int side, int entry, double volume, double price, int reason) {
  Deal d;
  d.order = o.ticket;
  d.symbol = o.symbol;
  d.type = side;
  d.entry = entry;
  d.reason = reason;
  d.volume = volume;
  d.price = price;
  d.commission = -options.commission * volume;
  d.sl = o.sl;
  d.tp = o.tp;
  d.magic = o.magic;
  d.comment = o.comment;
  return d;
}
Position *netting_position(const std::string &symbol) {
  if (options.hedging) return nullptr;
  for (Position &p : account.positions)
    if (p.symbol == symbol) return &p;
  return nullptr;
}
Deal add_to(Position p, const Order &o, double volume, double price, int reason) {
  Deal d = deal_of(o, p.type, DEAL_ENTRY_IN, volume, price, reason);
  d.position = p.id;
  d = add_deal(d);
  p.price = (p.price * p.volume + price * volume) / (p.volume + volume);
  p.volume = round_to(p.volume + volume, 8);
  if (o.sl > 0) p.sl = o.sl;
  if (o.tp > 0) p.tp = o.tp;
  p.update_msc = server_ms();
  save_position(p);
  return d;
}
// The position keeps its identifier and gets the ticket of the order that turned it.
Deal reverse(Position p, const Order &o, double volume, double price, int reason) {
  const Symbol &s = *find_symbol(p.symbol);
  Deal d = deal_of(o, 1 - p.type, DEAL_ENTRY_INOUT, volume, price, reason);
  d.position = p.id;
  d.profit = profit_of(s, p.type, p.volume, p.price, price);
  d.swap = p.swap;
  d = add_deal(d);
  erase_position(p.ticket);
  p.ticket = o.ticket;
  p.type = 1 - p.type;
  p.volume = round_to(volume - p.volume, 8);
  p.price = price;
  p.sl = o.sl;
  p.tp = o.tp;
  p.swap = 0;
  p.magic = o.magic;
  p.comment = o.comment;
  p.update_msc = server_ms();
  save_position(p);
  return d;
}
Deal close_one(const Position &p, const Order &o, double volume, double price, int entry, int reason) {
  const Symbol &s = *find_symbol(p.symbol);
  Deal d = deal_of(o, 1 - p.type, entry, volume, price, reason);
  d.position = p.id;
  d.profit = profit_of(s, p.type, volume, p.price, price);
  d.swap = round_to(p.swap * volume / p.volume, 2);
  d = add_deal(d);
  Position rest = p;
  rest.volume = round_to(p.volume - volume, 8);
  rest.swap = round_to(p.swap - d.swap, 2);
  rest.update_msc = server_ms();
  if (rest.volume < 1e-9)
    erase_position(p.ticket);
  else
    save_position(rest);
  return d;
}

}  // namespace

Deal fill_close(ulong ticket, const Order &o, double volume, double price, int reason) {
  return close_one(*find_position(ticket), o, volume, price, DEAL_ENTRY_OUT, reason);
}

Deal fill_open(const Order &o, double volume, double price, int reason) {
  const int side = o.type % 2;
  if (const Position *p = netting_position(o.symbol)) {
    if (p->type == side) return add_to(*p, o, volume, price, reason);
    if (volume > p->volume + 1e-9) return reverse(*p, o, volume, price, reason);
    return fill_close(p->ticket, o, volume, price, reason);
  }
  Deal d = deal_of(o, side, DEAL_ENTRY_IN, volume, price, reason);
  d.position = o.ticket;
  d = add_deal(d);
  Position p;
  p.ticket = p.id = o.ticket;
  p.symbol = o.symbol;
  p.type = side;
  p.volume = volume;
  p.price = price;
  p.sl = o.sl;
  p.tp = o.tp;
  p.time_msc = p.update_msc = server_ms();
  p.magic = o.magic;
  p.comment = o.comment;
  p.reason = reason;
  save_position(p);
  return d;
}

void finish_order(Order o, int state, double filled) {
  o.state = state;
  o.volume = round_to(o.volume - filled, 8);
  o.done_msc = server_ms();
  erase_order(o.ticket);
  add_history(o);
  tell_order(TRADE_TRANSACTION_ORDER_DELETE, o);
  tell_order(TRADE_TRANSACTION_HISTORY_ADD, o);
}

// Two deals; the profit is booked with the first, at the opposite position's price.
void close_by(Position a, Position b, const Order &o) {
  const double volume = std::min(a.volume, b.volume);
  const double price = b.price;
  const Deal first = close_one(a, o, volume, price, DEAL_ENTRY_OUT_BY, DEAL_REASON_EXPERT);
  const Deal second = close_one(b, o, volume, price, DEAL_ENTRY_OUT_BY, DEAL_REASON_EXPERT);
  tell_deal(first);
  tell_deal(second);
}

}  // namespace host
