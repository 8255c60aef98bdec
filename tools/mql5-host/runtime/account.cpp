// account.cpp — changes of the account. Each is also a record for the broker's file.
#include <algorithm>
#include "account.h"
#include "clock.h"
#include "ledger.h"
#include "options.h"
#include "symbols.h"

namespace host {

Account account;
ulong next_ticket = 0;
unsigned long broker_version = 0;

namespace {
Account terminal_copy;
bool copy_in_use = false;
int delay_ms = 0;

template <class List>
auto by_ticket(List &list, ulong ticket) {
  return std::find_if(list.begin(), list.end(), [&](const auto &x) { return x.ticket == ticket; });
}
}  // namespace

ulong new_ticket() {
  const ulong t = next_ticket++;
  ledger_ticket(next_ticket);
  return t;
}

const Account &view() { return copy_in_use ? terminal_copy : account; }
void link_down() {
  if (copy_in_use) return;
  terminal_copy = account;
  copy_in_use = true;
  hide_new_ticks(true);
}
void link_up() {
  copy_in_use = false;
  terminal_copy = Account();
  hide_new_ticks(false);
}

Position *find_position(ulong ticket) {
  const auto it = by_ticket(account.positions, ticket);
  return it == account.positions.end() ? nullptr : &*it;
}
Order *find_order(ulong ticket) {
  const auto it = by_ticket(account.orders, ticket);
  return it == account.orders.end() ? nullptr : &*it;
}

void save_position(const Position &p) {
  broker_version++;
  if (Position *old = find_position(p.ticket))
    *old = p;
  else
    account.positions.push_back(p);
  ledger_position(p);
}
void erase_position(ulong ticket) {
  const auto it = by_ticket(account.positions, ticket);
  if (it == account.positions.end()) return;
  account.positions.erase(it);
  ledger_erase_position(ticket);
}
void save_order(const Order &o) {
  broker_version++;
  if (Order *old = find_order(o.ticket))
    *old = o;
  else
    account.orders.push_back(o);
  ledger_order(o);
}
void erase_order(ulong ticket) {
  const auto it = by_ticket(account.orders, ticket);
  if (it == account.orders.end()) return;
  account.orders.erase(it);
  ledger_erase_order(ticket);
}
void add_history(Order o) {
  o.visible_ms = mono_ms() + delay_ms;
  account.history.push_back(o);
  ledger_history(o);
}
Deal add_deal(Deal d) {
  d.ticket = new_ticket();
  d.time_msc = server_ms();
  d.visible_ms = mono_ms() + delay_ms;
  d.profit = round_to(d.profit, 2);
  d.swap = round_to(d.swap, 2);
  d.commission = round_to(d.commission, 2);
  account.deals.push_back(d);
  ledger_deal(d);
  if (d.type == mql::DEAL_TYPE_CREDIT)
    set_balance(account.balance, account.credit + d.profit);
  else
    set_balance(account.balance + d.profit + d.commission + d.swap, account.credit);
  return d;
}
void set_balance(double balance, double credit) {
  broker_version++;
  account.balance = round_to(balance, 2);
  account.credit = round_to(credit, 2);
  ledger_balance(account.balance, account.credit);
}
int history_delay_ms() { return delay_ms; }
void set_history_delay_ms(int ms) { delay_ms = ms; }

double round_to(double v, int digits) {
  const double p = ::pow(10, digits);
  return ::round(v * p) / p;
}
std::string cut_chars(const std::string &s, size_t characters) {
  const mql::string wide = mql::utf8(s);
  return mql::narrow(mql::string(wide.u().substr(0, characters)));
}

}  // namespace host
