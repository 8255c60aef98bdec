// control_market.cpp — commands about ticks, clocks, the link and the market.
#include "control.h"
#include "account.h"
#include "clock.h"
#include "options.h"
#include "output.h"
#include "symbols.h"

namespace host {

namespace {
const std::string kTrue = "true", kFalse = "false";

std::string tick(Words &w) {
  Symbol *s = find_symbol(w.text());
  const double bid = w.number(), ask = w.number();
  if (w.missing) return "";
  if (!s) return kFalse;
  push_tick(*s, bid, ask);
  return kTrue;
}
std::string burst(Words &w) {
  Symbol *s = find_symbol(w.text());
  const long n = w.integer();
  if (w.missing) return "";
  if (!s) return kFalse;
  const double bid = s->bid(), ask = s->ask();
  for (long i = 0; i < n; i++)
    push_tick(*s, bid + s->point * static_cast<double>(i % 5), ask + s->point * static_cast<double>(i % 5));
  return kTrue;
}
std::string connect(Words &w) {
  const bool up = w.on();
  if (w.missing) return "";
  switches.connected = up;
  if (up)
    link_up();
  else
    link_down();
  return kTrue;
}
std::string autotrade(Words &w) {
  const std::string first = w.text();
  const std::string who = first == "on" || first == "off" ? "terminal" : first;
  const bool on = who == "terminal" && first != "terminal" ? first == "on" : w.on();
  if (w.missing) return "";
  if (who == "terminal")
    switches.terminal_autotrade = on;
  else if (who == "ea")
    switches.ea_autotrade = on;
  else if (who == "account")
    switches.account_expert = on;
  else if (who == "trade")
    switches.account_trade = on;
  else
    return error_json("terminal, ea, account or trade");
  return kTrue;
}
std::string market(Words &w) {
  Symbol *s = find_symbol(w.text());
  const std::string state = w.text();
  if (w.missing) return "";
  if (!s) return kFalse;
  s->open = state == "open";
  return kTrue;
}
std::string weekend(Words &w) {
  const std::string mode = w.text();
  if (w.missing) return "";
  switches.weekend = mode == "on" ? 2 : mode == "auto" ? 1 : 0;
  return kTrue;
}
std::string set_symbol(Words &w) {
  const std::string problem = define_symbol(w.rest());
  if (!problem.empty()) return error_json(problem);
  first_ticks();
  return kTrue;
}
std::string clock(Words &w) {
  const std::string what = w.text();
  const long ms = w.integer();
  if (w.missing || what != "jump") {
    w.missing = true;
    return "";
  }
  clock_jump(ms);
  return kTrue;
}
std::string dst(Words &w) {
  const bool on = w.on();
  if (w.missing) return "";
  switches.dst_off = on ? 3600 : 0;
  feed_clock_changed();
  return kTrue;
}
std::string server_offset(Words &w) {
  const long seconds = w.integer();
  if (w.missing) return "";
  switches.server_off = static_cast<int>(seconds);
  feed_clock_changed();
  return kTrue;
}
std::string feed(Words &w) {
  const bool on = w.on();
  if (!w.missing) switches.feed = on;
  return kTrue;
}
std::string latency(Words &w) {
  const long ms = w.integer();
  if (!w.missing) switches.latency = static_cast<int>(ms);
  return kTrue;
}
std::string tick_ms(Words &w) {
  const long ms = w.integer();
  if (!w.missing) options.tick_ms = static_cast<int>(ms);
  return kTrue;
}
std::string copyticks(Words &w) {
  const long n = w.integer();
  if (w.missing) return "";
  few_ticks = static_cast<int>(n);
  for (Symbol &s : symbols()) s.copied = 0;
  return kTrue;
}
std::string list_symbols(Words &) {
  Json all;
  for (const Symbol &s : symbols())
    all.raw(s.name.c_str(), Json()
                                .add("bid", s.bid())
                                .add("ask", s.ask())
                                .add("ticks", s.ticks.size())
                                .add("open", market_open(s))
                                .object());
  return all.object();
}
}  // namespace

const Commands &market_commands() {
  static const Commands c = {
      {"tick", "SYM BID ASK", tick},
      {"burst", "SYM N", burst},
      {"feed", "on|off", feed},
      {"tick-ms", "MS", tick_ms},
      {"connect", "on|off", connect},
      {"autotrade", "[terminal|ea|account|trade] on|off", autotrade},
      {"market", "SYM open|closed", market},
      {"weekend", "off|auto|on", weekend},
      {"symbol", "NAME; key=value; …", set_symbol},
      {"symbols", "", list_symbols},
      {"clock", "jump MS", clock},
      {"dst", "on|off", dst},
      {"server-offset", "SECONDS", server_offset},
      {"latency", "MS", latency},
      {"copyticks-first", "N (so many calls of a symbol return one tick)", copyticks},
  };
  return c;
}

}  // namespace host
