// broker.h — how the broker counts money, checks, fills and tells the terminal. All under broker_lock.
#pragma once
#include "account.h"
#include "symbols.h"

namespace host {

using mql::uint;

// ---- money.cpp
double conversion_rate(const std::string &from);  // one unit of `from` in the account's currency
double profit_of(const Symbol &s, int type, double volume, double open, double close);
double margin_of(const Symbol &s, double volume, double price);
double close_price(const Symbol &s, int type, bool as_seen = false);
double floating_profit(const Account &a, bool as_seen = false);
double used_margin(const Account &a);
double equity(const Account &a, bool as_seen = false);

// ---- checks.cpp: 0 when a request may pass, else the retcode
uint check_request(const mql::MqlTradeRequest &q);
bool volume_fits(const Symbol &s, double volume);
bool stops_fit(const Symbol &s, int side, double sl, double tp, double bid, double ask);
uint check_pending_price(const Symbol &s, const mql::MqlTradeRequest &q);

// ---- fills.cpp
Order make_order(const mql::MqlTradeRequest &q, int reason);
// Opens, adds to, reduces or reverses, as the account's margin mode has it. The deal is returned.
Deal fill_open(const Order &o, double volume, double price, int reason);
Deal fill_close(ulong position, const Order &o, double volume, double price, int reason);
void finish_order(Order o, int state, double filled);
void close_by(Position a, Position b, const Order &o);

// ---- execute.cpp: what the broker does with one request
uint execute(mql::MqlTradeRequest &q, mql::MqlTradeResult &r, int reason, double partial);
const char *retcode_name(uint code);

// ---- matching.cpp
void matching_step();
void rollover(int days);

// ---- notices.cpp: transactions and the trade event
void tell_order(mql::ENUM_TRADE_TRANSACTION_TYPE type, const Order &o);
void tell_deal(const Deal &d);
void tell_position(const Position &p);
void tell_request(const mql::MqlTradeRequest &q, const mql::MqlTradeResult &r);
void tell_trade();
void notices_step();
// "drop N", "reverse N", "delay MS", "off"
bool set_notices(const std::string &mode, int n);

}  // namespace host
