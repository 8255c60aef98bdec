// market_api.cpp — AccountInfo*, Symbol*: what the terminal knows of the account and its symbols.
#include "broker.h"
#include "options.h"

namespace mql {
using namespace host;
using Quotes = host::Symbol;  // mql::Symbol() is a function

double AccountInfoDouble(ENUM_ACCOUNT_INFO_DOUBLE p) {
  Locked l(broker_lock);
  const Account &a = view();
  const double used = used_margin(a);
  switch (p) {
    case ACCOUNT_BALANCE: return a.balance;
    case ACCOUNT_CREDIT: return a.credit;
    case ACCOUNT_PROFIT: return floating_profit(a, true);
    case ACCOUNT_EQUITY: return equity(a, true);
    case ACCOUNT_MARGIN: return used;
    case ACCOUNT_MARGIN_FREE: return round_to(equity(a, true) - used, 2);
    case ACCOUNT_MARGIN_LEVEL: return used > 0 ? round_to(equity(a, true) / used * 100, 2) : 0;
    case ACCOUNT_MARGIN_SO_CALL: return options.margin_call;
    case ACCOUNT_MARGIN_SO_SO: return options.stop_out;
    default: return 0;
  }
}
long AccountInfoInteger(ENUM_ACCOUNT_INFO_INTEGER p) {
  switch (p) {
    case ACCOUNT_LOGIN: return options.login;
    case ACCOUNT_TRADE_MODE: return ACCOUNT_TRADE_MODE_DEMO;
    case ACCOUNT_LEVERAGE: return static_cast<long>(options.leverage);
    case ACCOUNT_LIMIT_ORDERS: return options.limit_orders;
    case ACCOUNT_MARGIN_SO_MODE: return ACCOUNT_STOPOUT_MODE_PERCENT;
    case ACCOUNT_TRADE_ALLOWED: return switches.account_trade;
    case ACCOUNT_TRADE_EXPERT: return switches.account_expert;
    case ACCOUNT_MARGIN_MODE:
      return options.hedging ? ACCOUNT_MARGIN_MODE_RETAIL_HEDGING : ACCOUNT_MARGIN_MODE_RETAIL_NETTING;
    case ACCOUNT_CURRENCY_DIGITS: return 2;
    case ACCOUNT_HEDGE_ALLOWED: return options.hedging;
    default: return 0;
  }
}
string AccountInfoString(ENUM_ACCOUNT_INFO_STRING p) {
  switch (p) {
    case ACCOUNT_NAME: return utf8(options.account_name);
    case ACCOUNT_COMPANY: return utf8(options.company);
    case ACCOUNT_SERVER: return utf8(options.server);
    default: return utf8(options.currency);
  }
}

namespace {
// Finds a symbol or sets the error.
Quotes *known(const string &name) {
  Quotes *s = find_symbol(name);
  if (!s) last_error = ERR_MARKET_UNKNOWN_SYMBOL;
  return s;
}
double symbol_double(const Quotes &s, ENUM_SYMBOL_INFO_DOUBLE p) {
  switch (p) {
    case SYMBOL_BID: return s.seen().bid;
    case SYMBOL_ASK: return s.seen().ask;
    case SYMBOL_BIDHIGH: return s.day_bid_high;
    case SYMBOL_BIDLOW: return s.day_bid_low;
    case SYMBOL_ASKHIGH: return s.day_ask_high;
    case SYMBOL_ASKLOW: return s.day_ask_low;
    case SYMBOL_POINT: return s.point;
    case SYMBOL_TRADE_TICK_SIZE: return s.tick_size;
    case SYMBOL_TRADE_TICK_VALUE:
    case SYMBOL_TRADE_TICK_VALUE_PROFIT:
    case SYMBOL_TRADE_TICK_VALUE_LOSS: return s.tick_size * s.contract * conversion_rate(s.profit);
    case SYMBOL_TRADE_CONTRACT_SIZE:
    case SYMBOL_MARGIN_HEDGED: return s.contract;
    case SYMBOL_VOLUME_MIN: return s.volume_min;
    case SYMBOL_VOLUME_MAX: return s.volume_max;
    case SYMBOL_VOLUME_STEP: return s.volume_step;
    case SYMBOL_VOLUME_LIMIT: return s.volume_limit;
    case SYMBOL_SWAP_LONG: return s.swap_long;
    case SYMBOL_SWAP_SHORT: return s.swap_short;
    default: return 0;
  }
}
long symbol_integer(const Quotes &s, ENUM_SYMBOL_INFO_INTEGER p) {
  switch (p) {
    case SYMBOL_EXIST: return 1;
    case SYMBOL_SELECT:
    case SYMBOL_VISIBLE: return s.selected;
    case SYMBOL_DIGITS: return s.digits;
    case SYMBOL_SPREAD: return static_cast<long>(::round((s.seen().ask - s.seen().bid) / s.point));
    case SYMBOL_SPREAD_FLOAT: return 1;
    case SYMBOL_TRADE_CALC_MODE: return SYMBOL_CALC_MODE_FOREX;
    case SYMBOL_TRADE_MODE: return s.mode;
    case SYMBOL_TRADE_STOPS_LEVEL: return s.stops;
    case SYMBOL_TRADE_FREEZE_LEVEL: return s.freeze;
    case SYMBOL_TRADE_EXEMODE: return s.execution;
    case SYMBOL_SWAP_MODE: return SYMBOL_SWAP_MODE_POINTS;
    case SYMBOL_SWAP_ROLLOVER3DAYS: return WEDNESDAY;
    case SYMBOL_FILLING_MODE: return s.filling;
    case SYMBOL_ORDER_MODE: return s.order_mode;
    case SYMBOL_ORDER_GTC_MODE: return SYMBOL_ORDERS_GTC;
    case SYMBOL_EXPIRATION_MODE: return s.expiration;
    case SYMBOL_TIME: return s.seen().time;
    case SYMBOL_TIME_MSC: return s.seen().time_msc;
    default: return 0;
  }
}
string symbol_string(const Quotes &s, ENUM_SYMBOL_INFO_STRING p) {
  switch (p) {
    case SYMBOL_CURRENCY_BASE: return utf8(s.base);
    case SYMBOL_CURRENCY_PROFIT: return utf8(s.profit);
    case SYMBOL_CURRENCY_MARGIN: return utf8(s.margin);
    case SYMBOL_DESCRIPTION: return utf8(s.description);
    case SYMBOL_PATH: return utf8(s.path);
    default: return string(std::u16string());
  }
}
bool session(const string &name, ENUM_DAY_OF_WEEK day, uint i, datetime &from, datetime &to) {
  Locked l(broker_lock);
  const Quotes *s = known(name);
  if (!s) return false;
  const bool closed_day = switches.weekend != 0 && !s->always && (day == SUNDAY || day == SATURDAY);
  if (i > 0 || closed_day) {
    last_error = ERR_MARKET_SESSION_INDEX;
    return false;
  }
  from = s->session_from;
  to = s->session_to;
  return true;
}
}  // namespace

int SymbolsTotal(bool selected) {
  Locked l(broker_lock);
  int n = 0;
  for (const Quotes &s : symbols()) n += !selected || s.selected;
  return n;
}
string SymbolName(int i, bool selected) {
  Locked l(broker_lock);
  for (const Quotes &s : symbols())
    if ((!selected || s.selected) && i-- == 0) return utf8(s.name);
  return string(std::u16string());
}
bool SymbolSelect(string name, bool select) {
  Locked l(broker_lock);
  Quotes *s = known(name);
  if (!s) return false;
  if (!select)
    for (const Position &p : view().positions)
      if (p.symbol == s->name) {
        last_error = ERR_MARKET_SELECT_ERROR;
        return false;
      }
  s->selected = select;
  return true;
}
bool SymbolExist(string name, bool &custom) {
  Locked l(broker_lock);
  custom = false;
  return find_symbol(name) != nullptr;
}
bool SymbolIsSynchronized(string name) {
  Locked l(broker_lock);
  return switches.connected && find_symbol(name) != nullptr;
}
bool SymbolInfoDouble(string name, ENUM_SYMBOL_INFO_DOUBLE p, double &v) {
  Locked l(broker_lock);
  const Quotes *s = known(name);
  if (s) v = symbol_double(*s, p);
  return s != nullptr;
}
bool SymbolInfoInteger(string name, ENUM_SYMBOL_INFO_INTEGER p, long &v) {
  Locked l(broker_lock);
  const Quotes *s = known(name);
  if (s) v = symbol_integer(*s, p);
  return s != nullptr;
}
bool SymbolInfoString(string name, ENUM_SYMBOL_INFO_STRING p, string &v) {
  Locked l(broker_lock);
  const Quotes *s = known(name);
  if (s) v = symbol_string(*s, p);
  return s != nullptr;
}
double SymbolInfoDouble(string name, ENUM_SYMBOL_INFO_DOUBLE p) {
  double v = 0;
  SymbolInfoDouble(name, p, v);
  return v;
}
long SymbolInfoInteger(string name, ENUM_SYMBOL_INFO_INTEGER p) {
  long v = 0;
  SymbolInfoInteger(name, p, v);
  return v;
}
string SymbolInfoString(string name, ENUM_SYMBOL_INFO_STRING p) {
  string v = string(std::u16string());
  SymbolInfoString(name, p, v);
  return v;
}
// A symbol outside Market Watch has no prices.
bool SymbolInfoTick(string name, MqlTick &t) {
  Locked l(broker_lock);
  const Quotes *s = known(name);
  if (!s) return false;
  if (!s->selected) {
    last_error = ERR_MARKET_NOT_SELECTED;
    return false;
  }
  t = s->seen();
  return true;
}
bool SymbolInfoSessionTrade(string n, ENUM_DAY_OF_WEEK d, uint i, datetime &from, datetime &to) {
  return session(n, d, i, from, to);
}
bool SymbolInfoSessionQuote(string n, ENUM_DAY_OF_WEEK d, uint i, datetime &from, datetime &to) {
  return session(n, d, i, from, to);
}
bool MarketBookAdd(string name) {
  Locked l(broker_lock);
  return known(name) != nullptr;
}
bool MarketBookRelease(string name) { return MarketBookAdd(name); }

string Symbol() { return sym_; }
ENUM_TIMEFRAMES Period() { return PERIOD_M1; }
int Digits() { return cur_digits(); }
double Point() { return cur_point(); }
int cur_digits() { return static_cast<int>(SymbolInfoInteger(sym_, SYMBOL_DIGITS)); }
double cur_point() { return SymbolInfoDouble(sym_, SYMBOL_POINT); }

}  // namespace mql
