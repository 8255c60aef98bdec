// notices.cpp — tells the terminal what happened. Order is not promised and some never come: tests see to it.
#include <deque>
#include <vector>
#include "broker.h"
#include "clock.h"
#include "options.h"
#include "output.h"
#include "queue.h"

namespace host {

namespace {
struct Waiting {
  long due;
  Event e;
};
std::deque<Waiting> waiting;
std::vector<Event> held;  // to be posted newest first
int drop_next = 0, hold_next = 0, delay_ms = 0;

void send(Event e) {
  if (!switches.connected) return;  // nothing comes while the link is down, nor later
  if (e.kind == Event::Transaction && drop_next > 0) {
    drop_next--;
    count("trans_dropped");
    return;
  }
  if (e.kind == Event::Transaction && hold_next > 0) {
    held.push_back(std::move(e));
    if (--hold_next > 0) return;
    for (auto it = held.rbegin(); it != held.rend(); ++it) post(std::move(*it));
    held.clear();
    return;
  }
  if (delay_ms > 0)
    waiting.push_back({mono_ms() + delay_ms, std::move(e)});
  else
    post(std::move(e));
}
Event transaction(mql::ENUM_TRADE_TRANSACTION_TYPE type) {
  Event e;
  e.kind = Event::Transaction;
  e.t.type = type;
  return e;
}
}  // namespace

void tell_order(mql::ENUM_TRADE_TRANSACTION_TYPE type, const Order &o) {
  Event e = transaction(type);
  e.t.order = o.ticket;
  e.t.symbol = mql::utf8(o.symbol);
  e.t.order_type = static_cast<mql::ENUM_ORDER_TYPE>(o.type);
  e.t.order_state = static_cast<mql::ENUM_ORDER_STATE>(o.state);
  e.t.time_type = static_cast<mql::ENUM_ORDER_TYPE_TIME>(o.time_type);
  e.t.time_expiration = o.expiration;
  e.t.price = o.price;
  e.t.price_trigger = o.stoplimit;
  e.t.price_sl = o.sl;
  e.t.price_tp = o.tp;
  e.t.volume = o.volume;
  e.t.position = o.position;
  e.t.position_by = o.position_by;
  send(std::move(e));
}
void tell_deal(const Deal &d) {
  Event e = transaction(mql::TRADE_TRANSACTION_DEAL_ADD);
  e.t.deal = d.ticket;
  e.t.order = d.order;
  e.t.symbol = mql::utf8(d.symbol);
  e.t.deal_type = static_cast<mql::ENUM_DEAL_TYPE>(d.type);
  e.t.price = d.price;
  e.t.price_sl = d.sl;
  e.t.price_tp = d.tp;
  e.t.volume = d.volume;
  e.t.position = d.position;
  send(std::move(e));
}
void tell_position(const Position &p) {
  Event e = transaction(mql::TRADE_TRANSACTION_POSITION);
  e.t.position = p.ticket;
  e.t.symbol = mql::utf8(p.symbol);
  e.t.price = p.price;
  e.t.price_sl = p.sl;
  e.t.price_tp = p.tp;
  e.t.volume = p.volume;
  send(std::move(e));
}
void tell_request(const mql::MqlTradeRequest &q, const mql::MqlTradeResult &r) {
  Event e = transaction(mql::TRADE_TRANSACTION_REQUEST);
  e.q = q;
  e.r = r;
  send(std::move(e));
}
void tell_trade() {
  Event e;
  e.kind = Event::Trade;
  send(std::move(e));
}
void notices_step() {
  while (!waiting.empty() && waiting.front().due <= mono_ms()) {
    post(std::move(waiting.front().e));
    waiting.pop_front();
  }
}
bool set_notices(const std::string &mode, int n) {
  if (mode == "drop")
    drop_next = n;
  else if (mode == "reverse")
    hold_next = n;
  else if (mode == "delay")
    delay_ms = n;
  else if (mode == "off")
    drop_next = hold_next = delay_ms = 0;
  else
    return false;
  return true;
}

}  // namespace host
