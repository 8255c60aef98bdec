// account.h — the broker's truth about one account, and what the terminal sees of it.
#pragma once
#include <map>
#include <string>
#include <vector>
#include "mql_api.h"

namespace host {

using mql::ulong;

struct Position {
  ulong ticket = 0, id = 0;
  std::string symbol;
  int type = 0;
  double volume = 0, price = 0, sl = 0, tp = 0;
  long time_msc = 0, update_msc = 0;
  ulong magic = 0;
  std::string comment;
  double swap = 0;
  int reason = 0;
};

struct Order {
  ulong ticket = 0;
  std::string symbol;
  int type = 0, state = 0;
  double volume_initial = 0, volume = 0, price = 0, sl = 0, tp = 0, stoplimit = 0;
  long setup_msc = 0, done_msc = 0;
  ulong magic = 0, position = 0, position_by = 0;
  std::string comment;
  int filling = 0, time_type = 0, reason = 0;
  long expiration = 0;
  long visible_ms = 0;  // mono_ms from which the terminal's history shows it
};

struct Deal {
  ulong ticket = 0, order = 0, position = 0;
  std::string symbol;
  int type = 0, entry = 0, reason = 0;
  double volume = 0, price = 0, commission = 0, swap = 0, profit = 0, sl = 0, tp = 0;
  long time_msc = 0;
  ulong magic = 0;
  std::string comment;
  long visible_ms = 0;
};

struct Account {
  double balance = 0, credit = 0;
  std::vector<Position> positions;
  std::vector<Order> orders;   // active
  std::vector<Order> history;  // done
  std::vector<Deal> deals;
};

extern Account account;  // under broker_lock
extern ulong next_ticket;
ulong new_ticket();

// The terminal's copy: it stands still while the link is down.
const Account &view();
void link_down();
void link_up();

Position *find_position(ulong ticket);
Order *find_order(ulong ticket);

// Every change goes through these, so that the broker's file has it.
void save_position(const Position &p);
void erase_position(ulong ticket);
void save_order(const Order &o);
void erase_order(ulong ticket);
void add_history(Order o);
Deal add_deal(Deal d);  // gives it a ticket and books its money
void set_balance(double balance, double credit);
int history_delay_ms();
void set_history_delay_ms(int ms);

// Counts what may move a trigger: ticks and changes of the account.
extern unsigned long broker_version;

double round_to(double v, int digits);
std::string cut_chars(const std::string &s, size_t characters);

}  // namespace host
