// state.cpp — the broker's whole truth as JSON: what a test compares the beliefs of EA and server with.
#include "broker.h"
#include "clock.h"
#include "control.h"
#include "options.h"
#include "output.h"

namespace host {

namespace {
template <class List, class F>
std::string list_json(const List &list, F one) {
  std::string s;
  for (const auto &x : list) s += (s.empty() ? "" : ",") + one(x).object();
  return "[" + s + "]";
}
Json position_json(const Position &p) {
  Json j;
  const Symbol *s = find_symbol(p.symbol);
  j.id("ticket", p.ticket).id("identifier", p.id).add("symbol", p.symbol).add("type", p.type);
  j.add("volume", p.volume).add("price", p.price).add("sl", p.sl).add("tp", p.tp).add("swap", p.swap);
  j.add("profit", s ? round_to(profit_of(*s, p.type, p.volume, p.price, close_price(*s, p.type)), 2) : 0.0);
  j.id("magic", p.magic).add("comment", p.comment).add("reason", p.reason);
  j.add("time_msc", p.time_msc).add("update_msc", p.update_msc);
  return j;
}
Json order_json(const Order &o) {
  Json j;
  j.id("ticket", o.ticket).add("symbol", o.symbol).add("type", o.type).add("state", o.state);
  j.add("volume_initial", o.volume_initial).add("volume", o.volume).add("price", o.price);
  j.add("stoplimit", o.stoplimit).add("sl", o.sl).add("tp", o.tp).id("magic", o.magic);
  j.add("comment", o.comment).id("position", o.position).id("position_by", o.position_by);
  j.add("reason", o.reason).add("filling", o.filling).add("time_type", o.time_type);
  j.add("expiration", o.expiration).add("setup_msc", o.setup_msc).add("done_msc", o.done_msc);
  return j;
}
Json deal_json(const Deal &d) {
  Json j;
  j.id("ticket", d.ticket).id("order", d.order).id("position", d.position).add("symbol", d.symbol);
  j.add("type", d.type).add("entry", d.entry).add("reason", d.reason).add("volume", d.volume);
  j.add("price", d.price).add("profit", d.profit).add("swap", d.swap).add("commission", d.commission);
  j.id("magic", d.magic).add("comment", d.comment).add("time_msc", d.time_msc);
  return j;
}
}  // namespace

std::string state_json() {
  Json j;
  const double used = used_margin(account);
  j.add("login", options.login).add("hedging", options.hedging).add("server_ms", server_ms());
  j.add("balance", account.balance).add("credit", account.credit).add("equity", equity(account));
  j.add("profit", floating_profit(account)).add("margin", used).id("next_ticket", next_ticket);
  j.add("connected", switches.connected.load());
  j.raw("positions", list_json(account.positions, position_json));
  j.raw("orders", list_json(account.orders, order_json));
  j.raw("history_orders", list_json(account.history, order_json));
  j.raw("deals", list_json(account.deals, deal_json));
  return j.object();
}

}  // namespace host
