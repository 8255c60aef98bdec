// main_loop.cpp — puts the host together: the EA's thread is main; broker, stdin and guard have their own.
#include <cfenv>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>
#include <unistd.h>
#include "host.h"
#include "broker.h"
#include "clock.h"
#include "death.h"
#include "files.h"
#include "hold.h"
#include "inflight.h"
#include "ledger.h"
#include "options.h"
#include "output.h"
#include "queue.h"

namespace host {

namespace {

constexpr long kDeinitLimitMs = 2500;    // as the terminal has it
constexpr long kHandlerLimitMs = 15000;  // a handler that does not end although the host must

void sleep_ms(long ms) { usleep(static_cast<useconds_t>(ms) * 1000u); }

void broker_thread() {
  for (;;) {
    {
      Locked l(broker_lock);
      inflight_step();
      feed_step();
      matching_step();
      notices_step();
      ledger_commit();
    }
    timer_step();
    sleep_ms(1);
  }
}

void reply(const std::string &line, const std::string &data) {
  out("reply", Json().add("cmd", line).raw("data", data));
}

void stdin_thread() {
  for (std::string line; std::getline(std::cin, line);)
    if (!line.empty()) reply(line, run_command(line));
  // The test that drove us is gone.
  if (!options.run_ms) request_stop(REASON_CLOSE);
}
void guard_thread() {
  for (long since = 0;; sleep_ms(50)) {
    if (!stop_requested()) continue;
    begin_now();
    since += 50;
    if (since < kHandlerLimitMs) continue;
    out("critical", Json().add("text", "a handler did not return after the stop"));
    _exit(71);
  }
}
void end_after(long ms, const char *why, int code) {
  std::thread([=] {
    sleep_ms(ms);
    out("critical", Json().add("text", why));
    _exit(code);
  }).detach();
}

// Division by zero comes as a signal of the EA's own thread, between two of its instructions.
void on_fpe(int) {
  out_raw("{\"ev\":\"critical\",\"text\":\"zero divide\"}\n");
  close_all_files();
  globals_save();
  _exit(70);
}
void on_term(int) { request_stop(REASON_CLOSE); }

struct Handler {
  const char *name, *counter;
};
Handler handler_of(Event::Kind k) {
  switch (k) {
    case Event::Tick: return {"OnTick", "on_tick"};
    case Event::Timer: return {"OnTimer", "on_timer"};
    case Event::Trade: return {"OnTrade", "on_trade"};
    case Event::Transaction: return {"OnTradeTransaction", "on_transaction"};
    case Event::Chart: return {"OnChartEvent", "on_chart"};
  }
  return {"", ""};
}
// false: the EA has no such handler.
bool handle(const Event &e) {
  const mql::Handlers &h = mql::handlers;
  switch (e.kind) {
    case Event::Tick: return h.tick && (h.tick(), true);
    case Event::Timer: return h.timer && (h.timer(), true);
    case Event::Trade: return h.trade && (h.trade(), true);
    case Event::Transaction: return h.trans && (h.trans(e.t, e.q, e.r), true);
    case Event::Chart: return h.chart && (h.chart(e.id, e.l, e.d, e.s), true);
  }
  return false;
}
// run() tells whether there was anything to run.
template <class F>
void timed(const char *name, F run) {
  const long begin = mono_us();
  if (!run()) return;
  const long us = mono_us() - begin;
  handler_timed(name, us);
  count_max("max_handler_ms", us / 1000);
}
void event_loop() {
  for (Event e; next_event(e);) {
    timed(handler_of(e.kind).name, [&] { return handle(e); });
    count(handler_of(e.kind).counter);
    event_handled(e.kind);
  }
}

int fail(const std::string &what) {
  fprintf(stderr, "%s\n", what.c_str());
  return 2;
}

// The account: from the broker's file, or a new one with a first deposit.
std::string begin_account() {
  Locked l(broker_lock);
  next_ticket = options.first_ticket;
  define_symbols();
  std::string problem = options.symbols.empty() ? "" : define_more_symbols(options.symbols);
  if (problem.empty() && !find_symbol(options.symbol)) problem = "no such symbol: " + options.symbol;
  if (problem.empty() && !options.ticks_file.empty()) problem = load_tick_file(options.ticks_file);
  if (problem.empty()) problem = ledger_open(options.broker_file);
  if (!problem.empty()) return problem;
  first_ticks();
  if (!ledger_restored()) {
    Deal d;
    d.type = mql::DEAL_TYPE_BALANCE;
    d.profit = options.balance;
    d.comment = "initial deposit";
    add_deal(d);
    ledger_ticket(next_ticket);
  }
  ledger_commit();
  return "";
}

std::string prepare() {
  clock_begin(options.start_time.empty() ? 0 : mql::StringToTime(mql::utf8(options.start_time)) * 1000);
  mql::sym_ = mql::utf8(options.symbol);
  mql::GetMicrosecondCount();
  const std::string unknown = apply_inputs();
  if (!unknown.empty()) return "the EA has no input " + unknown;
  for (const std::string &rule : options.die_at) {
    const std::string problem = die_at(rule);
    if (!problem.empty()) return problem;
  }
  globals_load();
  return begin_account();
}

void run_deinit() {
  begin_deinit();
  end_after(kDeinitLimitMs, "OnDeinit exceeded 2.5 s and was killed", 71);
  timed("OnDeinit", [] { return mql::handlers.deinit && (mql::handlers.deinit(stop_reason()), true); });
}

}  // namespace

}  // namespace host

namespace mql {
using namespace host;

int host_main(int argc, char **argv) {
  if (const int rc = parse_options(argc, argv)) return rc;
  signal(SIGPIPE, SIG_IGN);
  const std::string problem = prepare();
  if (!problem.empty()) return fail(problem);
  signal(SIGFPE, on_fpe);
  signal(SIGTERM, on_term);
  signal(SIGINT, on_term);
  out("start", Json().add("login", options.login).add("restored", ledger_restored()));
  for (const std::string &c : options.commands) reply(c, run_command(c));
  std::thread(broker_thread).detach();
  std::thread(stdin_thread).detach();
  std::thread(guard_thread).detach();
  if (options.run_ms)
    std::thread([] {
      sleep_ms(options.run_ms);
      request_stop(REASON_REMOVE);
    }).detach();
  if (options.hold) wait_for_begin();
  feenableexcept(FE_DIVBYZERO | FE_INVALID);  // MQL5 stops on a double's division by zero, too
  int rc = 0;
  timed("OnInit", [&] {
    rc = handlers.init ? handlers.init() : 0;
    return true;
  });
  out("init", Json().add("rc", rc));
  if (rc != 0) request_stop(REASON_INITFAILED);
  event_loop();
  run_deinit();
  fedisableexcept(FE_ALL_EXCEPT);
  close_all_files();
  globals_save();
  {
    Locked l(broker_lock);
    ledger_commit();
  }
  Json end;
  end.add("reason", stop_reason()).raw("counters", counters_json()).raw("timings", timings_json());
  out("end", end);
  _exit(rc == 0 ? 0 : 3);
}

}  // namespace mql
