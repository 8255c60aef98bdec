// symbols.cpp — the symbols the broker has by itself, their sessions, and finding one by name.
#include <algorithm>
#include "symbols.h"
#include "clock.h"
#include "options.h"

namespace host {

std::deque<Symbol> &symbols() {
  static std::deque<Symbol> all;
  return all;
}
Symbol *find_symbol(const std::string &name) {
  for (Symbol &s : symbols())
    if (s.name == name) return &s;
  return nullptr;
}
Symbol *find_symbol(const mql::string &name) {
  return find_symbol(name.len() ? mql::narrow(name) : options.symbol);
}

void define_symbols() {
  for (const char *line : {
           "EURUSD; digits=5; price=1.085; spread=0.00012; base=EUR; profit=USD; desc=Euro vs US Dollar",
           "GBPUSD; digits=5; price=1.27; spread=0.00018; base=GBP; profit=USD; desc=Pound vs US Dollar",
           "USDJPY; digits=3; price=150; spread=0.015; base=USD; profit=JPY; desc=US Dollar vs Yen",
           "XAUUSD; digits=2; price=2400; spread=0.25; base=XAU; profit=USD; contract=100; stops=20; "
           "fill=ioc; walk=60; desc=Gold",
           "BTCUSD; digits=2; price=65000; spread=12; base=BTC; profit=USD; contract=1; stops=50; "
           "fill=ioc; "
           "walk=60; always=1; desc=Bitcoin",
       })
    define_symbol(line);
}

bool weekend_now() {
  if (switches.weekend == 2) return true;
  if (switches.weekend == 0) return false;
  const long day = (server_ms() / 86400000 + 4) % 7;  // 1970-01-01 was a Thursday
  return day == 0 || day == 6;
}
bool market_open(const Symbol &s) {
  if (!s.open || (weekend_now() && !s.always)) return false;
  const long second = server_ms() / 1000 % 86400;
  return second >= s.session_from && second < s.session_to;
}

}  // namespace host
