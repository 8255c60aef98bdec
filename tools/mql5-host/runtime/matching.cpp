// matching.cpp — what the broker does by itself: triggers, stops, expirations, stop out and swaps.
#include <algorithm>
#include <cstdio>
#include "broker.h"
#include "clock.h"
#include "options.h"
#include "output.h"

namespace host {

using namespace mql;

namespace {

bool call_told = false;
long last_day = -1;

// The broker closes a whole position for a reason of its own.
void broker_close(const Position &p, double price, int order_reason, int deal_reason,
                  const std::string &text) {
  MqlTradeRequest q{};
  q.symbol = utf8(p.symbol);
  q.type = p.type == POSITION_TYPE_BUY ? ORDER_TYPE_SELL : ORDER_TYPE_BUY;
  q.volume = p.volume;
  q.price = price;
  q.position = p.ticket;
  q.magic = p.magic;
  Order o = make_order(q, order_reason);
  o.comment = text;
  tell_order(TRADE_TRANSACTION_ORDER_ADD, o);
  tell_deal(fill_close(p.ticket, o, p.volume, price, deal_reason));
  finish_order(o, ORDER_STATE_FILLED, p.volume);
  tell_trade();
}
std::string bracket(const char *what, double price, int digits) {
  char b[40];
  snprintf(b, sizeof b, "[%s %.*f]", what, digits, price);
  return b;
}

bool reached(const Position &p, double level, double px, bool below) {
  const bool falls = (p.type == POSITION_TYPE_BUY) == below;
  return level > 0 && (falls ? px <= level : px >= level);
}
void check_stops() {
  std::vector<Position> hit;  // closing changes the list
  for (const Position &p : account.positions) {
    if (p.sl <= 0 && p.tp <= 0) continue;
    const Symbol *s = find_symbol(p.symbol);
    if (!s || !market_open(*s)) continue;
    const double px = close_price(*s, p.type);
    if (reached(p, p.sl, px, true) || reached(p, p.tp, px, false)) hit.push_back(p);
  }
  for (const Position &p : hit) {
    const Symbol &s = *find_symbol(p.symbol);
    const double px = close_price(s, p.type);
    if (reached(p, p.sl, px, true))
      broker_close(p, px, ORDER_REASON_SL, DEAL_REASON_SL, bracket("sl", p.sl, s.digits));
    else
      broker_close(p, px, ORDER_REASON_TP, DEAL_REASON_TP, bracket("tp", p.tp, s.digits));
  }
}

bool triggered(const Order &o, double bid, double ask) {
  switch (o.type) {
    case ORDER_TYPE_BUY_LIMIT: return ask <= o.price + 1e-9;
    case ORDER_TYPE_SELL_LIMIT: return bid >= o.price - 1e-9;
    case ORDER_TYPE_BUY_STOP:
    case ORDER_TYPE_BUY_STOP_LIMIT: return ask >= o.price - 1e-9;
    case ORDER_TYPE_SELL_STOP:
    case ORDER_TYPE_SELL_STOP_LIMIT: return bid <= o.price + 1e-9;
    default: return false;
  }
}
// A stop-limit order becomes a limit order under the same ticket.
void become_limit(Order o) {
  o.type = o.type == ORDER_TYPE_BUY_STOP_LIMIT ? ORDER_TYPE_BUY_LIMIT : ORDER_TYPE_SELL_LIMIT;
  o.price = o.stoplimit;
  o.stoplimit = 0;
  save_order(o);
  tell_order(TRADE_TRANSACTION_ORDER_UPDATE, o);
  tell_trade();
}
void trigger(Order o, const Symbol &s) {
  if (o.type >= ORDER_TYPE_BUY_STOP_LIMIT) return become_limit(o);
  const double price = o.type % 2 == 0 ? s.ask() : s.bid();
  const double volume = o.volume;
  const double free = equity(account) - used_margin(account);
  if (options.hedging && free < margin_of(s, volume, price)) {
    finish_order(o, ORDER_STATE_REJECTED, 0);
    tell_trade();
    return;
  }
  const Deal d = fill_open(o, volume, price, o.reason);
  o.position = d.position;
  tell_deal(d);
  finish_order(o, ORDER_STATE_FILLED, volume);
  tell_trade();
}
bool expired(const Order &o, long now_msc) {
  constexpr long day = 86400000;
  switch (o.time_type) {
    case ORDER_TIME_DAY: return now_msc / day != o.setup_msc / day;
    case ORDER_TIME_SPECIFIED: return now_msc >= o.expiration * 1000;
    case ORDER_TIME_SPECIFIED_DAY: return now_msc / day > o.expiration * 1000 / day;
    default: return false;
  }
}
void check_orders() {
  const std::vector<Order> all = account.orders;
  for (const Order &o : all) {
    const Symbol *s = find_symbol(o.symbol);
    if (!s) continue;
    if (expired(o, server_ms())) {
      finish_order(o, ORDER_STATE_EXPIRED, 0);
      tell_trade();
    } else if (market_open(*s) && triggered(o, s->bid(), s->ask())) {
      trigger(o, *s);
    }
  }
}

void check_margin() {
  const double used = used_margin(account);
  if (used <= 0) return;
  const double level = equity(account) / used * 100;
  if (level < options.margin_call && !call_told) out("margin_call", Json().add("level", level));
  call_told = level < options.margin_call;
  if (level >= options.stop_out) return;
  const Position *worst = nullptr;
  double loss = 0;
  for (const Position &p : account.positions) {
    const Symbol &s = *find_symbol(p.symbol);
    const double v = profit_of(s, p.type, p.volume, p.price, close_price(s, p.type)) + p.swap;
    if (!worst || v < loss) {
      worst = &p;
      loss = v;
    }
  }
  char text[64];
  snprintf(text, sizeof text, "[so %.2f%%/%.2f/%.2f]", level, equity(account), used);
  out("stop_out", Json().add("level", level).id("position", worst->ticket));
  const Position p = *worst;
  broker_close(p, close_price(*find_symbol(p.symbol), p.type), ORDER_REASON_SO, DEAL_REASON_SO,
               cut_chars(text, 31));
}

// At the server's midnight; Wednesday's counts three times.
void check_midnight() {
  const long day = server_ms() / 86400000;
  if (last_day >= 0 && day > last_day) rollover((last_day + 4) % 7 == 3 ? 3 : 1);
  last_day = day;
}

}  // namespace

void rollover(int days) {
  const std::vector<Position> all = account.positions;
  for (Position p : all) {
    const Symbol &s = *find_symbol(p.symbol);
    const double points = p.type == POSITION_TYPE_BUY ? s.swap_long : s.swap_short;
    p.swap =
        round_to(p.swap + points * s.point * s.contract * p.volume * conversion_rate(s.profit) * days, 2);
    save_position(p);
  }
}

void matching_step() {
  static unsigned long seen_version = 0;
  static long next_look = 0;  // sessions open and orders expire although nothing moves
  if (seen_version == broker_version && mono_ms() < next_look) return;
  seen_version = broker_version;
  next_look = mono_ms() + 20;
  check_midnight();
  if (!account.orders.empty()) check_orders();
  if (account.positions.empty()) return;
  check_stops();
  check_margin();
}

}  // namespace host
