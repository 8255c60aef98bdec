// symbols.h — what the broker trades, and the ticks of it.
#pragma once
#include <deque>
#include <string>
#include <vector>
#include "mql_api.h"

namespace host {

struct Symbol {
  std::string name, description, path, base, profit, margin;
  int digits = 5;
  double point = 0.00001, tick_size = 0.00001, contract = 100000;
  double volume_min = 0.01, volume_max = 100, volume_step = 0.01, volume_limit = 0;
  int stops = 0, freeze = 0, filling = 3, order_mode = 127, expiration = 15;
  int execution = mql::SYMBOL_TRADE_EXECUTION_MARKET, mode = mql::SYMBOL_TRADE_MODE_FULL;
  double spread = 0.00012, step = 6, start = 1, swap_long = -0.7, swap_short = 0.2;
  bool selected = true, open = true, always = false;  // always: trades at the weekend
  int session_from = 0, session_to = 86400;           // seconds of the day
  std::deque<mql::MqlTick> ticks;
  size_t hidden = 0;   // newest ticks that the terminal has not seen: the link was down
  bool sorted = true;  // false once the broker's clock went back
  long copied = 0;     // calls of CopyTicks*
  double day_bid_high = 0, day_bid_low = 0, day_ask_high = 0, day_ask_low = 0;

  double bid() const { return ticks.empty() ? 0 : ticks.back().bid; }
  double ask() const { return ticks.empty() ? 0 : ticks.back().ask; }
  double mid() const { return (bid() + ask()) / 2; }
  // The newest tick that the terminal has; ticks must not be empty.
  const mql::MqlTick &seen() const {
    return ticks[ticks.size() - 1 - (hidden < ticks.size() ? hidden : 0)];
  }
};

std::deque<Symbol> &symbols();  // a deque: pointers to its elements stay valid
Symbol *find_symbol(const std::string &name);
Symbol *find_symbol(const mql::string &name);
void define_symbols();
// One line of a symbols file, or a bare name; "" when understood.
std::string define_symbol(const std::string &line);
std::string define_more_symbols(const std::string &file_or_names);

bool market_open(const Symbol &s);
bool weekend_now();

// ---- feed
void push_tick(Symbol &s, double bid, double ask, long time_msc = 0);
void restore_tick(const std::string &symbol, long time_msc, double bid, double ask);
void first_ticks();
void feed_step();
std::string load_tick_file(const std::string &path);
void hide_new_ticks(bool hide);
long last_seen_tick_msc();  // TimeCurrent
void feed_clock_changed();
extern int few_ticks;  // so many first CopyTicks calls of a symbol return one tick

}  // namespace host
