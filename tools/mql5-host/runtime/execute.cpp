// execute.cpp — what the broker does with a request that passed its checks, and how it answers.
#include <algorithm>
#include "broker.h"
#include "clock.h"

namespace host {

using namespace mql;

const char *retcode_name(uint code) {
  switch (code) {
#define X(name, value) \
  case value: return #name;
    MQL_RETCODES(X)
#undef X
    default: return code ? "UNKNOWN" : "";
  }
}

namespace {

uint execute_deal(const MqlTradeRequest &q, MqlTradeResult &r, int reason, double partial) {
  Symbol &s = *find_symbol(q.symbol);
  const double price = q.type == ORDER_TYPE_BUY ? s.ask() : s.bid();
  double volume = q.volume;
  if (partial > 0 && q.type_filling != ORDER_FILLING_FOK)
    volume = std::max(s.volume_min, ::floor(q.volume * partial / s.volume_step + 1e-9) * s.volume_step);
  volume = std::min(volume, q.volume);
  const bool part = volume < q.volume - 1e-9;
  Order o = make_order(q, reason);
  o.price = price;
  tell_order(TRADE_TRANSACTION_ORDER_ADD, o);
  const Deal d =
      q.position ? fill_close(q.position, o, volume, price, reason) : fill_open(o, volume, price, reason);
  o.position = d.position;
  tell_deal(d);
  finish_order(o, part ? ORDER_STATE_CANCELED : ORDER_STATE_FILLED, volume);
  r.order = o.ticket;
  r.deal = d.ticket;
  r.volume = volume;
  r.price = price;
  return part ? TRADE_RETCODE_DONE_PARTIAL : TRADE_RETCODE_DONE;
}
uint execute_pending(const MqlTradeRequest &q, MqlTradeResult &r, int reason) {
  Order o = make_order(q, reason);
  o.state = ORDER_STATE_PLACED;
  save_order(o);
  tell_order(TRADE_TRANSACTION_ORDER_ADD, o);
  r.order = o.ticket;
  r.volume = q.volume;
  return TRADE_RETCODE_DONE;
}
uint execute_sltp(const MqlTradeRequest &q) {
  Position p;
  for (const Position &x : account.positions)
    if (q.position ? x.ticket == q.position : x.symbol == narrow(q.symbol)) p = x;
  p.sl = q.sl;
  p.tp = q.tp;
  p.update_msc = server_ms();
  save_position(p);
  tell_position(p);
  return TRADE_RETCODE_DONE;
}
uint execute_modify(const MqlTradeRequest &q, MqlTradeResult &r) {
  Order o = *find_order(q.order);
  o.price = q.price;
  o.stoplimit = q.stoplimit;
  o.sl = q.sl;
  o.tp = q.tp;
  o.time_type = q.type_time;
  o.expiration = q.expiration;
  save_order(o);
  tell_order(TRADE_TRANSACTION_ORDER_UPDATE, o);
  r.order = o.ticket;
  return TRADE_RETCODE_DONE;
}
uint execute_close_by(const MqlTradeRequest &q, MqlTradeResult &r, int reason) {
  const Position a = *find_position(q.position), b = *find_position(q.position_by);
  const double volume = std::min(a.volume, b.volume);
  MqlTradeRequest full = q;
  full.symbol = utf8(a.symbol);
  full.type = ORDER_TYPE_CLOSE_BY;
  full.volume = volume;
  Order o = make_order(full, reason);
  o.price = b.price;
  tell_order(TRADE_TRANSACTION_ORDER_ADD, o);
  close_by(a, b, o);
  finish_order(o, ORDER_STATE_FILLED, volume);
  r.order = o.ticket;
  r.deal = account.deals.back().ticket;
  r.volume = volume;
  r.price = b.price;
  return TRADE_RETCODE_DONE;
}

uint act(const MqlTradeRequest &q, MqlTradeResult &r, int reason, double partial) {
  switch (q.action) {
    case TRADE_ACTION_DEAL: return execute_deal(q, r, reason, partial);
    case TRADE_ACTION_PENDING: return execute_pending(q, r, reason);
    case TRADE_ACTION_SLTP: return execute_sltp(q);
    case TRADE_ACTION_MODIFY: return execute_modify(q, r);
    case TRADE_ACTION_CLOSE_BY: return execute_close_by(q, r, reason);
    case TRADE_ACTION_REMOVE:
      r.order = q.order;
      finish_order(*find_order(q.order), ORDER_STATE_CANCELED, 0);
      return TRADE_RETCODE_DONE;
  }
  return TRADE_RETCODE_INVALID;
}

}  // namespace

uint execute(MqlTradeRequest &q, MqlTradeResult &r, int reason, double partial) {
  // SLTP by position needs no symbol.
  if (q.action == TRADE_ACTION_SLTP && q.symbol.len() == 0)
    if (const Position *p = find_position(q.position)) q.symbol = utf8(p->symbol);
  if (const Symbol *s = q.symbol.len() ? find_symbol(q.symbol) : nullptr) {
    r.bid = s->bid();
    r.ask = s->ask();
  }
  if (const uint rc = check_request(q)) return rc;
  const uint rc = act(q, r, reason, partial);
  tell_trade();
  return rc;
}

}  // namespace host
