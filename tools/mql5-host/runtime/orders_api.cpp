// orders_api.cpp — Position*, Order* and History*: the selected copy is read, as in the terminal.
#include <algorithm>
#include "broker.h"
#include "clock.h"
#include "options.h"

namespace mql {
using namespace host;

namespace {

bool no_position() {
  last_error = ERR_TRADE_POSITION_NOT_FOUND;
  return false;
}
bool no_order() {
  last_error = ERR_TRADE_ORDER_NOT_FOUND;
  return false;
}
string empty() { return string(std::u16string()); }

Position chosen_position;
Order chosen_order;
bool position_chosen = false, order_chosen = false;

bool choose(const Position &p) {
  chosen_position = p;
  return position_chosen = true;
}
bool choose(const Order &o) {
  chosen_order = o;
  return order_chosen = true;
}

double position_double(const Position &p, ENUM_POSITION_PROPERTY_DOUBLE k) {
  const host::Symbol *s = find_symbol(p.symbol);
  const double now = s ? close_price(*s, p.type, true) : 0;
  switch (k) {
    case POSITION_VOLUME: return p.volume;
    case POSITION_PRICE_OPEN: return p.price;
    case POSITION_SL: return p.sl;
    case POSITION_TP: return p.tp;
    case POSITION_PRICE_CURRENT: return now;
    case POSITION_SWAP: return p.swap;
    case POSITION_PROFIT: return s ? round_to(profit_of(*s, p.type, p.volume, p.price, now), 2) : 0;
    default: return 0;
  }
}
long position_integer(const Position &p, ENUM_POSITION_PROPERTY_INTEGER k) {
  switch (k) {
    case POSITION_TICKET: return static_cast<long>(p.ticket);
    case POSITION_IDENTIFIER: return static_cast<long>(p.id);
    case POSITION_TIME: return p.time_msc / 1000;
    case POSITION_TIME_MSC: return p.time_msc;
    case POSITION_TIME_UPDATE: return p.update_msc / 1000;
    case POSITION_TIME_UPDATE_MSC: return p.update_msc;
    case POSITION_TYPE: return p.type;
    case POSITION_MAGIC: return static_cast<long>(p.magic);
    case POSITION_REASON: return p.reason;
  }
  return 0;
}
string position_string(const Position &p, ENUM_POSITION_PROPERTY_STRING k) {
  return k == POSITION_SYMBOL ? utf8(p.symbol) : k == POSITION_COMMENT ? utf8(p.comment) : empty();
}

double order_double(const Order &o, ENUM_ORDER_PROPERTY_DOUBLE k) {
  const host::Symbol *s = find_symbol(o.symbol);
  switch (k) {
    case ORDER_VOLUME_INITIAL: return o.volume_initial;
    case ORDER_VOLUME_CURRENT: return o.volume;
    case ORDER_PRICE_OPEN: return o.price;
    case ORDER_SL: return o.sl;
    case ORDER_TP: return o.tp;
    case ORDER_PRICE_STOPLIMIT: return o.stoplimit;
    case ORDER_PRICE_CURRENT: return s ? (o.type % 2 == 0 ? s->seen().ask : s->seen().bid) : 0;
  }
  return 0;
}
long order_integer(const Order &o, ENUM_ORDER_PROPERTY_INTEGER k) {
  switch (k) {
    case ORDER_TICKET: return static_cast<long>(o.ticket);
    case ORDER_TIME_SETUP: return o.setup_msc / 1000;
    case ORDER_TIME_SETUP_MSC: return o.setup_msc;
    case ORDER_TIME_DONE: return o.done_msc / 1000;
    case ORDER_TIME_DONE_MSC: return o.done_msc;
    case ORDER_TYPE: return o.type;
    case ORDER_STATE: return o.state;
    case ORDER_TYPE_FILLING: return o.filling;
    case ORDER_TYPE_TIME: return o.time_type;
    case ORDER_MAGIC: return static_cast<long>(o.magic);
    case ORDER_REASON: return o.reason;
    case ORDER_POSITION_ID: return static_cast<long>(o.position);
    case ORDER_POSITION_BY_ID: return static_cast<long>(o.position_by);
    case ORDER_TIME_EXPIRATION: return o.expiration;
  }
  return 0;
}
string order_string(const Order &o, ENUM_ORDER_PROPERTY_STRING k) {
  return k == ORDER_SYMBOL ? utf8(o.symbol) : k == ORDER_COMMENT ? utf8(o.comment) : empty();
}

}  // namespace

int PositionsTotal() {
  Locked l(broker_lock);
  return static_cast<int>(view().positions.size());
}
ulong PositionGetTicket(int i) {
  Locked l(broker_lock);
  const auto &all = view().positions;
  position_chosen = false;
  if (i < 0 || i >= static_cast<int>(all.size())) {
    no_position();
    return 0;
  }
  choose(all[static_cast<size_t>(i)]);
  return chosen_position.ticket;
}
string PositionGetSymbol(int i) {
  if (!PositionGetTicket(i)) return empty();
  return utf8(chosen_position.symbol);
}
bool PositionSelect(string name) {
  Locked l(broker_lock);
  position_chosen = false;
  const Position *first = nullptr;  // on a hedging account the one with the lowest ticket
  for (const Position &p : view().positions)
    if (p.symbol == narrow(name) && (!first || p.ticket < first->ticket)) first = &p;
  return first ? choose(*first) : no_position();
}
bool PositionSelectByTicket(ulong t) {
  Locked l(broker_lock);
  position_chosen = false;
  for (const Position &p : view().positions)
    if (p.ticket == t) return choose(p);
  return no_position();
}
bool PositionGetDouble(ENUM_POSITION_PROPERTY_DOUBLE k, double &v) {
  Locked l(broker_lock);
  if (!position_chosen) return no_position();
  v = position_double(chosen_position, k);
  return true;
}
bool PositionGetInteger(ENUM_POSITION_PROPERTY_INTEGER k, long &v) {
  if (!position_chosen) return no_position();
  v = position_integer(chosen_position, k);
  return true;
}
bool PositionGetString(ENUM_POSITION_PROPERTY_STRING k, string &v) {
  if (!position_chosen) return no_position();
  v = position_string(chosen_position, k);
  return true;
}
double PositionGetDouble(ENUM_POSITION_PROPERTY_DOUBLE k) {
  double v = 0;
  PositionGetDouble(k, v);
  return v;
}
long PositionGetInteger(ENUM_POSITION_PROPERTY_INTEGER k) {
  long v = 0;
  PositionGetInteger(k, v);
  return v;
}
string PositionGetString(ENUM_POSITION_PROPERTY_STRING k) {
  string v = empty();
  PositionGetString(k, v);
  return v;
}

int OrdersTotal() {
  Locked l(broker_lock);
  return static_cast<int>(view().orders.size());
}
ulong OrderGetTicket(int i) {
  Locked l(broker_lock);
  const auto &all = view().orders;
  order_chosen = false;
  if (i < 0 || i >= static_cast<int>(all.size())) {
    no_order();
    return 0;
  }
  choose(all[static_cast<size_t>(i)]);
  return chosen_order.ticket;
}
bool OrderSelect(ulong t) {
  Locked l(broker_lock);
  order_chosen = false;
  for (const Order &o : view().orders)
    if (o.ticket == t) return choose(o);
  return no_order();
}
bool OrderGetDouble(ENUM_ORDER_PROPERTY_DOUBLE k, double &v) {
  Locked l(broker_lock);
  if (!order_chosen) return no_order();
  v = order_double(chosen_order, k);
  return true;
}
bool OrderGetInteger(ENUM_ORDER_PROPERTY_INTEGER k, long &v) {
  if (!order_chosen) return no_order();
  v = order_integer(chosen_order, k);
  return true;
}
bool OrderGetString(ENUM_ORDER_PROPERTY_STRING k, string &v) {
  if (!order_chosen) return no_order();
  v = order_string(chosen_order, k);
  return true;
}
double OrderGetDouble(ENUM_ORDER_PROPERTY_DOUBLE k) {
  double v = 0;
  OrderGetDouble(k, v);
  return v;
}
long OrderGetInteger(ENUM_ORDER_PROPERTY_INTEGER k) {
  long v = 0;
  OrderGetInteger(k, v);
  return v;
}
string OrderGetString(ENUM_ORDER_PROPERTY_STRING k) {
  string v = empty();
  OrderGetString(k, v);
  return v;
}

}  // namespace mql

// For history_api.cpp: orders of the history are read the same way.
namespace host {
double order_property(const Order &o, mql::ENUM_ORDER_PROPERTY_DOUBLE k) { return mql::order_double(o, k); }
long order_property(const Order &o, mql::ENUM_ORDER_PROPERTY_INTEGER k) { return mql::order_integer(o, k); }
mql::string order_property(const Order &o, mql::ENUM_ORDER_PROPERTY_STRING k) {
  return mql::order_string(o, k);
}
}  // namespace host
