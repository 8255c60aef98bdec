// money.cpp — profit, margin and equity in the account's currency.
#include <algorithm>
#include <map>
#include "broker.h"
#include "options.h"

namespace host {

double conversion_rate(const std::string &from) {
  if (from == options.currency || from.empty()) return 1;
  for (const Symbol &s : symbols()) {
    if (s.ticks.empty()) continue;
    if (s.base == from && s.profit == options.currency) return s.mid();
    if (s.profit == from && s.base == options.currency) return 1 / s.mid();
  }
  return 1;
}
double profit_of(const Symbol &s, int type, double volume, double open, double close) {
  const double points = type == mql::POSITION_TYPE_BUY ? close - open : open - close;
  return points * volume * s.contract * conversion_rate(s.profit);
}
double margin_of(const Symbol &s, double volume, double price) {
  // A contract of the account's own currency needs no price.
  const double value = s.base == options.currency ? 1 : price * conversion_rate(s.profit);
  return volume * s.contract * value / options.leverage;
}
double close_price(const Symbol &s, int type, bool as_seen) {
  if (s.ticks.empty()) return 0;
  const mql::MqlTick &t = as_seen ? s.seen() : s.ticks.back();
  return type == mql::POSITION_TYPE_BUY ? t.bid : t.ask;
}
double floating_profit(const Account &a, bool as_seen) {
  double sum = 0;
  for (const Position &p : a.positions)
    if (const Symbol *s = find_symbol(p.symbol))
      sum +=
          round_to(profit_of(*s, p.type, p.volume, p.price, close_price(*s, p.type, as_seen)), 2) + p.swap;
  return round_to(sum, 2);
}
// Hedged volume is charged once: the larger leg of a symbol counts.
double used_margin(const Account &a) {
  std::map<std::string, std::pair<double, double>> legs;
  for (const Position &p : a.positions)
    if (const Symbol *s = find_symbol(p.symbol)) {
      auto &leg = legs[p.symbol];
      (p.type == mql::POSITION_TYPE_BUY ? leg.first : leg.second) += margin_of(*s, p.volume, p.price);
    }
  double sum = 0;
  for (const auto &[name, leg] : legs) sum += std::max(leg.first, leg.second);
  return round_to(sum, 2);
}
double equity(const Account &a, bool as_seen) {
  return round_to(a.balance + a.credit + floating_profit(a, as_seen), 2);
}

}  // namespace host
