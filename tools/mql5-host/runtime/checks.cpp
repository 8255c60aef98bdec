// checks.cpp — why a broker refuses a request, with MetaTrader's code for it.
#include <algorithm>
#include <cmath>
#include "broker.h"
#include "clock.h"
#include "options.h"

namespace host {

using namespace mql;

bool volume_fits(const Symbol &s, double volume) {
  const double steps = volume / s.volume_step;
  return volume >= s.volume_min - 1e-9 && volume <= s.volume_max + 1e-9 &&
         ::fabs(steps - ::round(steps)) < 1e-6;
}
bool stops_fit(const Symbol &s, int side, double sl, double tp, double bid, double ask) {
  const double least = std::max(s.stops * s.point, s.point / 2) - 1e-9;
  if (side == POSITION_TYPE_BUY) return (sl <= 0 || bid - sl >= least) && (tp <= 0 || tp - bid >= least);
  return (sl <= 0 || sl - ask >= least) && (tp <= 0 || ask - tp >= least);
}

namespace {

bool has_price(double v) { return v > 0; }

// Within the freeze level of its trigger an order or a stop may not be touched any more.
bool frozen(const Symbol &s, double distance) {
  return s.freeze > 0 && ::fabs(distance) <= s.freeze * s.point + 1e-9;
}
bool position_frozen(const Symbol &s, const Position &p) {
  const double px = close_price(s, p.type);
  return (has_price(p.sl) && frozen(s, px - p.sl)) || (has_price(p.tp) && frozen(s, px - p.tp));
}
double trigger_side(const Symbol &s, int type) { return type % 2 == 0 ? s.ask() : s.bid(); }

uint check_mode(const Symbol &s, int side) {
  if (s.mode == SYMBOL_TRADE_MODE_CLOSEONLY) return TRADE_RETCODE_CLOSE_ONLY;
  if (s.mode == SYMBOL_TRADE_MODE_LONGONLY && side == 1) return TRADE_RETCODE_LONG_ONLY;
  if (s.mode == SYMBOL_TRADE_MODE_SHORTONLY && side == 0) return TRADE_RETCODE_SHORT_ONLY;
  return 0;
}
// In market execution RETURN is refused, as brokers do.
uint check_filling(const Symbol &s, const MqlTradeRequest &q) {
  if (q.type_filling == ORDER_FILLING_FOK && (s.filling & SYMBOL_FILLING_FOK)) return 0;
  if (q.type_filling == ORDER_FILLING_IOC && (s.filling & SYMBOL_FILLING_IOC)) return 0;
  if (q.type_filling == ORDER_FILLING_RETURN && s.execution != SYMBOL_TRADE_EXECUTION_MARKET) return 0;
  return TRADE_RETCODE_INVALID_FILL;
}
uint check_volume_limit(const Symbol &s, int side, double volume) {
  if (s.volume_limit <= 0) return 0;
  double sum = volume;
  for (const Position &p : account.positions)
    if (p.symbol == s.name && p.type == side) sum += p.volume;
  for (const Order &o : account.orders)
    if (o.symbol == s.name && o.type % 2 == side) sum += o.volume;
  return sum > s.volume_limit + 1e-9 ? TRADE_RETCODE_LIMIT_VOLUME : 0;
}
// Netting: what reduces the one position of a symbol needs no margin and no permission to open.
bool reduces(const Symbol &s, int side, double volume) {
  if (options.hedging) return false;
  for (const Position &p : account.positions)
    if (p.symbol == s.name) return p.type != side && volume <= p.volume + 1e-9;
  return false;
}
uint check_money(const Symbol &s, int side, double volume, double price) {
  if (reduces(s, side, volume)) return 0;
  Account after = account;
  Position p;
  p.symbol = s.name;
  p.type = side;
  p.volume = volume;
  p.price = price;
  after.positions.push_back(p);
  return equity(account) < used_margin(after) ? TRADE_RETCODE_NO_MONEY : 0;
}

uint check_deal(const Symbol &s, const MqlTradeRequest &q) {
  if (q.type > ORDER_TYPE_SELL) return TRADE_RETCODE_INVALID_ORDER;
  if (!(s.order_mode & SYMBOL_ORDER_MARKET)) return TRADE_RETCODE_INVALID_ORDER;
  if (const uint rc = check_filling(s, q)) return rc;
  if (!volume_fits(s, q.volume)) return TRADE_RETCODE_INVALID_VOLUME;
  if (q.position) {
    const Position *p = find_position(q.position);
    if (q.type == static_cast<ENUM_ORDER_TYPE>(p->type)) return TRADE_RETCODE_INVALID;
    if (q.volume > p->volume + 1e-9) return TRADE_RETCODE_INVALID_CLOSE_VOLUME;
    if (position_frozen(s, *p)) return TRADE_RETCODE_FROZEN;
    return 0;
  }
  if (!reduces(s, q.type, q.volume))
    if (const uint rc = check_mode(s, q.type)) return rc;
  if (!stops_fit(s, q.type, q.sl, q.tp, s.bid(), s.ask())) return TRADE_RETCODE_INVALID_STOPS;
  if (const uint rc = check_volume_limit(s, q.type, q.volume)) return rc;
  const size_t open = account.positions.size();
  if (options.limit_positions > 0 && open >= static_cast<size_t>(options.limit_positions))
    return TRADE_RETCODE_LIMIT_POSITIONS;
  const double price = q.type == ORDER_TYPE_BUY ? s.ask() : s.bid();
  if (s.execution == SYMBOL_TRADE_EXECUTION_INSTANT && has_price(q.price) &&
      ::fabs(q.price - price) > static_cast<double>(q.deviation) * s.point + 1e-9)
    return TRADE_RETCODE_REQUOTE;
  return check_money(s, q.type, q.volume, price);
}
uint check_expiration(const Symbol &s, const MqlTradeRequest &q) {
  static const int masks[] = {SYMBOL_EXPIRATION_GTC, SYMBOL_EXPIRATION_DAY, SYMBOL_EXPIRATION_SPECIFIED,
                              SYMBOL_EXPIRATION_SPECIFIED_DAY};
  if (q.type_time < 0 || q.type_time > 3 || !(s.expiration & masks[q.type_time]))
    return TRADE_RETCODE_INVALID_EXPIRATION;
  if (q.type_time >= ORDER_TIME_SPECIFIED && q.expiration * 1000 <= server_ms())
    return TRADE_RETCODE_INVALID_EXPIRATION;
  return 0;
}
uint check_pending(const Symbol &s, const MqlTradeRequest &q) {
  if (q.type < ORDER_TYPE_BUY_LIMIT || q.type > ORDER_TYPE_SELL_STOP_LIMIT)
    return TRADE_RETCODE_INVALID_ORDER;
  static const int needed[] = {SYMBOL_ORDER_LIMIT, SYMBOL_ORDER_STOP, SYMBOL_ORDER_STOP_LIMIT};
  if (!(s.order_mode & needed[q.type / 2 - 1])) return TRADE_RETCODE_INVALID_ORDER;
  if (!volume_fits(s, q.volume)) return TRADE_RETCODE_INVALID_VOLUME;
  if (const uint rc = check_mode(s, q.type % 2)) return rc;
  if (const uint rc = check_pending_price(s, q)) return rc;
  if (const uint rc = check_expiration(s, q)) return rc;
  if (options.limit_orders > 0 && account.orders.size() >= static_cast<size_t>(options.limit_orders))
    return TRADE_RETCODE_LIMIT_ORDERS;
  return check_volume_limit(s, q.type % 2, q.volume);
}
uint check_sltp(const Symbol &s, const MqlTradeRequest &q) {
  const Position *p = find_position(q.position);
  if (!q.position)
    for (const Position &x : account.positions)
      if (x.symbol == s.name) p = &x;
  if (!p) return TRADE_RETCODE_POSITION_CLOSED;
  if (::fabs(p->sl - q.sl) < s.point / 2 && ::fabs(p->tp - q.tp) < s.point / 2)
    return TRADE_RETCODE_NO_CHANGES;
  if (position_frozen(s, *p)) return TRADE_RETCODE_FROZEN;
  return stops_fit(s, p->type, q.sl, q.tp, s.bid(), s.ask()) ? 0 : TRADE_RETCODE_INVALID_STOPS;
}
uint check_order_change(const MqlTradeRequest &q) {
  const Order *o = find_order(q.order);
  if (!o) return TRADE_RETCODE_INVALID;
  const Symbol *s = find_symbol(o->symbol);
  if (frozen(*s, trigger_side(*s, o->type) - o->price)) return TRADE_RETCODE_FROZEN;
  if (q.action == TRADE_ACTION_REMOVE) return 0;
  MqlTradeRequest changed = q;
  changed.type = static_cast<ENUM_ORDER_TYPE>(o->type);
  const bool same = ::fabs(o->price - q.price) < s->point / 2 && ::fabs(o->sl - q.sl) < s->point / 2 &&
                    ::fabs(o->tp - q.tp) < s->point / 2 &&
                    o->expiration == static_cast<long>(q.expiration) &&
                    ::fabs(o->stoplimit - q.stoplimit) < s->point / 2 && o->time_type == q.type_time;
  if (same) return TRADE_RETCODE_NO_CHANGES;
  if (const uint rc = check_pending_price(*s, changed)) return rc;
  return check_expiration(*s, q);
}
uint check_close_by(const MqlTradeRequest &q) {
  const Position *a = find_position(q.position), *b = find_position(q.position_by);
  if (!options.hedging) return TRADE_RETCODE_INVALID;
  if (!a || !b) return TRADE_RETCODE_POSITION_CLOSED;
  if (a->symbol != b->symbol || a->type == b->type) return TRADE_RETCODE_INVALID;
  const Symbol *s = find_symbol(a->symbol);
  if (!(s->order_mode & SYMBOL_ORDER_CLOSEBY)) return TRADE_RETCODE_INVALID_ORDER;
  return market_open(*s) ? 0u : TRADE_RETCODE_MARKET_CLOSED;
}
// A position that is named must exist and be of this symbol.
uint check_named_position(const MqlTradeRequest &q) {
  if (!q.position) return 0;
  const Position *p = find_position(q.position);
  if (p) return narrow(q.symbol) == p->symbol ? 0u : TRADE_RETCODE_INVALID;
  for (const Deal &d : account.deals)
    if (d.position == q.position) return TRADE_RETCODE_POSITION_CLOSED;
  return TRADE_RETCODE_INVALID;
}

}  // namespace

uint check_pending_price(const Symbol &s, const MqlTradeRequest &q) {
  const double least = s.stops * s.point - 1e-9, half = s.point / 2;
  const double gap = q.type % 2 == 0 ? q.price - s.ask() : q.price - s.bid();  // above the market: positive
  const bool above = q.type == ORDER_TYPE_SELL_LIMIT || q.type == ORDER_TYPE_BUY_STOP ||
                     q.type == ORDER_TYPE_BUY_STOP_LIMIT;
  const double distance = above ? gap : -gap;
  if (!has_price(q.price) || distance < std::max(least, half)) return TRADE_RETCODE_INVALID_PRICE;
  double entry = q.price;
  if (q.type == ORDER_TYPE_BUY_STOP_LIMIT || q.type == ORDER_TYPE_SELL_STOP_LIMIT) {
    const double back = q.type == ORDER_TYPE_BUY_STOP_LIMIT ? q.price - q.stoplimit : q.stoplimit - q.price;
    if (!has_price(q.stoplimit) || back < std::max(least, half)) return TRADE_RETCODE_INVALID_PRICE;
    entry = q.stoplimit;
  }
  return stops_fit(s, q.type % 2, q.sl, q.tp, entry, entry) ? 0 : TRADE_RETCODE_INVALID_STOPS;
}

uint check_request(const MqlTradeRequest &q) {
  switch (q.action) {
    case TRADE_ACTION_MODIFY:
    case TRADE_ACTION_REMOVE: return check_order_change(q);
    case TRADE_ACTION_CLOSE_BY: return check_close_by(q);
    case TRADE_ACTION_DEAL:
    case TRADE_ACTION_PENDING:
    case TRADE_ACTION_SLTP: break;
    default: return TRADE_RETCODE_INVALID;
  }
  const Symbol *s = q.symbol.len() ? find_symbol(q.symbol) : nullptr;
  if (!s || s->ticks.empty()) return TRADE_RETCODE_INVALID;
  if (q.action != TRADE_ACTION_PENDING)
    if (const uint rc = check_named_position(q)) return rc;
  if (s->mode == SYMBOL_TRADE_MODE_DISABLED) return TRADE_RETCODE_TRADE_DISABLED;
  if (!market_open(*s)) return TRADE_RETCODE_MARKET_CLOSED;
  if (q.action == TRADE_ACTION_DEAL) return check_deal(*s, q);
  if (q.action == TRADE_ACTION_PENDING) return check_pending(*s, q);
  return check_sltp(*s, q);
}

}  // namespace host
