// queue.h — the EA's event queue, its timer and its stop.
#pragma once
#include "mql_api.h"

namespace host {

struct Event {
  enum Kind { Tick, Timer, Trade, Transaction, Chart } kind = Tick;
  mql::MqlTradeTransaction t{};
  mql::MqlTradeRequest q{};
  mql::MqlTradeResult r{};
  int id = 0;
  long l = 0;
  double d = 0;
  mql::string s{};
};

void post(Event e);
bool next_event(Event &e);          // waits; false: the EA must stop
void event_handled(Event::Kind k);  // a tick or a timer may be queued again
void request_stop(int reason);
bool stop_requested();
int stop_reason();
void begin_deinit();  // IsStopped() is false inside OnDeinit
void timer_step();

}  // namespace host
