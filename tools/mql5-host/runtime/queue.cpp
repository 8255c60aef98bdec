// queue.cpp — as in the terminal: Tick and Timer coalesce, also while handled; at most 1024 transactions.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include "queue.h"
#include "clock.h"
#include "options.h"
#include "output.h"

namespace host {

namespace {
constexpr int kMaxTransactions = 1024;
std::mutex mutex;
std::condition_variable wake;
std::deque<Event> events;
bool tick_pending = false, timer_pending = false;
int transactions = 0, reason = -1;
std::atomic<bool> stopping{false}, deinit_runs{false};
std::atomic<int> timer_period{0};
std::atomic<long> timer_due{0};

bool coalesce(bool &pending, const char *counter) {
  if (pending) {
    count(counter);
    return true;
  }
  pending = true;
  return false;
}
void drop_oldest_transaction() {
  for (auto it = events.begin(); it != events.end(); ++it)
    if (it->kind == Event::Transaction) {
      events.erase(it);
      transactions--;
      count("trans_lost");
      return;
    }
}
}  // namespace

void post(Event e) {
  std::lock_guard<std::mutex> l(mutex);
  if (e.kind == Event::Tick && coalesce(tick_pending, "ticks_coalesced")) return;
  if (e.kind == Event::Timer && coalesce(timer_pending, "timers_coalesced")) return;
  if (e.kind == Event::Transaction && ++transactions > kMaxTransactions) drop_oldest_transaction();
  events.push_back(std::move(e));
  wake.notify_one();
}
bool next_event(Event &e) {
  std::unique_lock<std::mutex> l(mutex);
  wake.wait(l, [] { return !events.empty() || stopping; });
  if (stopping) return false;
  e = std::move(events.front());
  events.pop_front();
  if (e.kind == Event::Transaction) transactions--;
  return true;
}
void event_handled(Event::Kind k) {
  std::lock_guard<std::mutex> l(mutex);
  if (k == Event::Tick) tick_pending = false;
  if (k == Event::Timer) timer_pending = false;
}
void request_stop(int why) {
  std::lock_guard<std::mutex> l(mutex);
  if (reason < 0) reason = why;
  stopping = true;
  wake.notify_all();
}
bool stop_requested() { return stopping; }
int stop_reason() {
  std::lock_guard<std::mutex> l(mutex);
  return reason;
}
void begin_deinit() { deinit_runs = true; }

// A timer is never faster than the system's, and a period that was missed is not made up.
void timer_step() {
  const int period = timer_period;
  const long now = mono_ms();
  if (!period || now < timer_due) return;
  timer_due = now + std::max(period, options.timer_gran);
  Event e;
  e.kind = Event::Timer;
  post(std::move(e));
}

}  // namespace host

namespace mql {
using namespace host;

bool IsStopped() { return stopping && !deinit_runs; }
int UninitializeReason() { return stop_reason() < 0 ? 0 : stop_reason(); }
void ExpertRemove() { request_stop(REASON_PROGRAM); }
bool TerminalClose(int) {
  request_stop(REASON_CLOSE);
  return true;
}
bool EventSetMillisecondTimer(int ms) {
  if (ms <= 0) {
    last_error = ERR_INVALID_PARAMETER;
    return false;
  }
  timer_due = mono_ms() + ms;
  timer_period = ms;
  return true;
}
bool EventSetTimer(int seconds) { return EventSetMillisecondTimer(seconds * 1000); }
void EventKillTimer() { timer_period = 0; }
bool EventChartCustom(long, ushort id, long l, double d, string s) {
  Event e;
  e.kind = Event::Chart;
  e.id = CHARTEVENT_CUSTOM + id;
  e.l = l;
  e.d = d;
  e.s = s;
  post(std::move(e));
  return true;
}

}  // namespace mql
