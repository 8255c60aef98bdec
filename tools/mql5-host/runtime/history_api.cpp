// history_api.cpp — the history that was selected; a broker may show a deal late.
#include <algorithm>
#include "broker.h"
#include "clock.h"
#include "options.h"

namespace host {
double order_property(const Order &o, mql::ENUM_ORDER_PROPERTY_DOUBLE k);
long order_property(const Order &o, mql::ENUM_ORDER_PROPERTY_INTEGER k);
mql::string order_property(const Order &o, mql::ENUM_ORDER_PROPERTY_STRING k);
}  // namespace host

namespace mql {
using namespace host;

namespace {
// Copies: a later HistorySelect replaces them, nothing else changes them.
std::vector<Deal> deals;
std::vector<Order> orders;

template <class T>
bool visible(const T &x) {
  return x.visible_ms <= mono_ms();
}
template <class T>
const T *find(const std::vector<T> &list, ulong ticket, int error) {
  for (const T &x : list)
    if (x.ticket == ticket) return &x;
  last_error = error;
  return nullptr;
}
const Deal *deal_of(ulong t) { return find(deals, t, ERR_TRADE_DEAL_NOT_FOUND); }
const Order *order_of(ulong t) { return find(orders, t, ERR_TRADE_ORDER_NOT_FOUND); }
template <class T>
ulong ticket_at(const std::vector<T> &list, int i, int error) {
  if (i >= 0 && i < static_cast<int>(list.size())) return list[static_cast<size_t>(i)].ticket;
  last_error = error;
  return 0;
}

double deal_double(const Deal &d, ENUM_DEAL_PROPERTY_DOUBLE k) {
  switch (k) {
    case DEAL_VOLUME: return d.volume;
    case DEAL_PRICE: return d.price;
    case DEAL_COMMISSION: return d.commission;
    case DEAL_SWAP: return d.swap;
    case DEAL_PROFIT: return d.profit;
    case DEAL_SL: return d.sl;
    case DEAL_TP: return d.tp;
    default: return 0;
  }
}
long deal_integer(const Deal &d, ENUM_DEAL_PROPERTY_INTEGER k) {
  switch (k) {
    case DEAL_TICKET: return static_cast<long>(d.ticket);
    case DEAL_ORDER: return static_cast<long>(d.order);
    case DEAL_TIME: return d.time_msc / 1000;
    case DEAL_TIME_MSC: return d.time_msc;
    case DEAL_TYPE: return d.type;
    case DEAL_ENTRY: return d.entry;
    case DEAL_MAGIC: return static_cast<long>(d.magic);
    case DEAL_REASON: return d.reason;
    case DEAL_POSITION_ID: return static_cast<long>(d.position);
  }
  return 0;
}
string deal_string(const Deal &d, ENUM_DEAL_PROPERTY_STRING k) {
  return k == DEAL_SYMBOL ? utf8(d.symbol) : k == DEAL_COMMENT ? utf8(d.comment) : string(std::u16string());
}
}  // namespace

bool HistorySelect(datetime from, datetime to) {
  Locked l(broker_lock);
  deals.clear();
  orders.clear();
  const auto within = [&](long msc) { return msc / 1000 >= from && msc / 1000 <= to; };
  for (const Deal &d : view().deals)
    if (visible(d) && within(d.time_msc)) deals.push_back(d);
  for (const Order &o : view().history)
    if (visible(o) && within(o.done_msc)) orders.push_back(o);
  return true;
}
bool HistorySelectByPosition(long id) {
  Locked l(broker_lock);
  deals.clear();
  orders.clear();
  const ulong position = static_cast<ulong>(id);
  for (const Deal &d : view().deals)
    if (visible(d) && d.position == position) deals.push_back(d);
  for (const Order &o : view().history)
    if (visible(o) && (o.position == position || o.ticket == position)) orders.push_back(o);
  return true;
}
bool HistoryDealSelect(ulong t) {
  Locked l(broker_lock);
  const Deal *d = find(view().deals, t, ERR_TRADE_DEAL_NOT_FOUND);
  if (!d || !visible(*d)) return false;
  deals = {*d};
  return true;
}
bool HistoryOrderSelect(ulong t) {
  Locked l(broker_lock);
  const Order *o = find(view().history, t, ERR_TRADE_ORDER_NOT_FOUND);
  if (!o || !visible(*o)) return false;
  orders = {*o};
  return true;
}
int HistoryDealsTotal() { return static_cast<int>(deals.size()); }
int HistoryOrdersTotal() { return static_cast<int>(orders.size()); }
ulong HistoryDealGetTicket(int i) { return ticket_at(deals, i, ERR_TRADE_DEAL_NOT_FOUND); }
ulong HistoryOrderGetTicket(int i) { return ticket_at(orders, i, ERR_TRADE_ORDER_NOT_FOUND); }

bool HistoryDealGetDouble(ulong t, ENUM_DEAL_PROPERTY_DOUBLE k, double &v) {
  const Deal *d = deal_of(t);
  if (d) v = deal_double(*d, k);
  return d != nullptr;
}
bool HistoryDealGetInteger(ulong t, ENUM_DEAL_PROPERTY_INTEGER k, long &v) {
  const Deal *d = deal_of(t);
  if (d) v = deal_integer(*d, k);
  return d != nullptr;
}
bool HistoryDealGetString(ulong t, ENUM_DEAL_PROPERTY_STRING k, string &v) {
  const Deal *d = deal_of(t);
  if (d) v = deal_string(*d, k);
  return d != nullptr;
}
bool HistoryOrderGetDouble(ulong t, ENUM_ORDER_PROPERTY_DOUBLE k, double &v) {
  Locked l(broker_lock);
  const Order *o = order_of(t);
  if (o) v = order_property(*o, k);
  return o != nullptr;
}
bool HistoryOrderGetInteger(ulong t, ENUM_ORDER_PROPERTY_INTEGER k, long &v) {
  const Order *o = order_of(t);
  if (o) v = order_property(*o, k);
  return o != nullptr;
}
bool HistoryOrderGetString(ulong t, ENUM_ORDER_PROPERTY_STRING k, string &v) {
  const Order *o = order_of(t);
  if (o) v = order_property(*o, k);
  return o != nullptr;
}
double HistoryDealGetDouble(ulong t, ENUM_DEAL_PROPERTY_DOUBLE k) {
  double v = 0;
  HistoryDealGetDouble(t, k, v);
  return v;
}
long HistoryDealGetInteger(ulong t, ENUM_DEAL_PROPERTY_INTEGER k) {
  long v = 0;
  HistoryDealGetInteger(t, k, v);
  return v;
}
string HistoryDealGetString(ulong t, ENUM_DEAL_PROPERTY_STRING k) {
  string v = string(std::u16string());
  HistoryDealGetString(t, k, v);
  return v;
}
double HistoryOrderGetDouble(ulong t, ENUM_ORDER_PROPERTY_DOUBLE k) {
  double v = 0;
  HistoryOrderGetDouble(t, k, v);
  return v;
}
long HistoryOrderGetInteger(ulong t, ENUM_ORDER_PROPERTY_INTEGER k) {
  long v = 0;
  HistoryOrderGetInteger(t, k, v);
  return v;
}
string HistoryOrderGetString(ulong t, ENUM_ORDER_PROPERTY_STRING k) {
  string v = string(std::u16string());
  HistoryOrderGetString(t, k, v);
  return v;
}

}  // namespace mql
