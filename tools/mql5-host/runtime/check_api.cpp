// check_api.cpp — OrderCheck and OrderCalc*: what the terminal can tell before a request is sent.
#include "broker.h"
#include "options.h"

namespace mql {
using namespace host;

bool OrderCheck(MqlTradeRequest &q, MqlTradeCheckResult &r) {
  Locked l(broker_lock);
  r = MqlTradeCheckResult{};
  MqlTradeRequest copy = q;
  if (copy.action == TRADE_ACTION_SLTP && copy.symbol.len() == 0)
    if (const Position *p = find_position(copy.position)) copy.symbol = utf8(p->symbol);
  r.retcode = check_request(copy);
  r.comment = r.retcode ? ascii(retcode_name(r.retcode)) : u"Done"_s;
  const host::Symbol *s = q.symbol.len() ? find_symbol(q.symbol) : nullptr;
  const double more = s && !q.position ? margin_of(*s, q.volume, s->mid()) : 0;
  r.balance = account.balance;
  r.equity = equity(account);
  r.profit = floating_profit(account);
  r.margin = round_to(used_margin(account) + more, 2);
  r.margin_free = round_to(r.equity - r.margin, 2);
  r.margin_level = r.margin > 0 ? round_to(r.equity / r.margin * 100, 2) : 0;
  if (r.retcode) last_error = ERR_TRADE_SEND_FAILED;
  return r.retcode == 0;
}
bool OrderCalcMargin(ENUM_ORDER_TYPE, string name, double volume, double price, double &margin) {
  Locked l(broker_lock);
  const host::Symbol *s = find_symbol(name);
  if (!s) {
    last_error = ERR_MARKET_UNKNOWN_SYMBOL;
    return false;
  }
  margin = round_to(margin_of(*s, volume, price), 2);
  return true;
}
bool OrderCalcProfit(ENUM_ORDER_TYPE side, string name, double volume, double open, double close,
                     double &profit) {
  Locked l(broker_lock);
  const host::Symbol *s = find_symbol(name);
  if (!s || side > ORDER_TYPE_SELL) {
    last_error = s ? ERR_INVALID_PARAMETER : ERR_MARKET_UNKNOWN_SYMBOL;
    return false;
  }
  profit = round_to(profit_of(*s, side, volume, open, close), 2);
  return true;
}

}  // namespace mql
