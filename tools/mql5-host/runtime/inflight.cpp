// inflight.cpp — the way of a request: refused by the terminal, lost, late, or acted on and answered.
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <chrono>
#include "inflight.h"
#include "ask.h"
#include "broker.h"
#include "clock.h"
#include "death.h"
#include "faults.h"
#include "ledger.h"
#include "options.h"
#include "output.h"

namespace host {

using namespace mql;

namespace {

struct Answer {
  bool ready = false;
  MqlTradeResult result{};
};
struct Request {
  unsigned id = 0;
  long due = 0;  // mono_ms
  MqlTradeRequest q{};
  Fault fault{};
  bool async = false;
  std::shared_ptr<Answer> answer{};
};
std::list<Request> under_way;  // under broker_lock
std::mutex answer_mutex;
std::condition_variable answered;
unsigned last_id = 0;

bool done(uint rc) {
  return rc == TRADE_RETCODE_DONE || rc == TRADE_RETCODE_PLACED || rc == TRADE_RETCODE_DONE_PARTIAL;
}
Json order_fields(const MqlTradeRequest &q, uint rc, ulong order) {
  Json j;
  j.add("action", static_cast<int>(q.action)).add("symbol", q.symbol).add("type", static_cast<int>(q.type));
  j.add("volume", q.volume).id("magic", q.magic).add("comment", q.comment).id("position", q.position);
  j.add("retcode", rc).id("order", order);
  return j;
}
// What the terminal refuses by itself.
uint terminal_refusal() {
  if (!switches.terminal_autotrade || !switches.ea_autotrade) return TRADE_RETCODE_CLIENT_DISABLES_AT;
  if (!switches.connected) return TRADE_RETCODE_CONNECTION;
  if (!switches.account_expert) return TRADE_RETCODE_SERVER_DISABLES_AT;
  if (!switches.account_trade) return TRADE_RETCODE_TRADE_DISABLED;
  return 0;
}
bool refuse(MqlTradeResult &r, const MqlTradeRequest &q, uint rc) {
  r.retcode = rc;
  r.comment = ascii(retcode_name(rc));
  last_error = rc == TRADE_RETCODE_CLIENT_DISABLES_AT ? ERR_TRADE_DISABLED : ERR_TRADE_SEND_FAILED;
  out("order", order_fields(q, rc, 0).add("ok", false));
  return false;
}
MqlTradeResult lost_result(unsigned id, uint code) {
  MqlTradeResult r{};
  r.request_id = id;
  r.retcode = code;
  r.comment = ascii(retcode_name(code));
  return r;
}
void wait_ms(long ms) {
  std::mutex m;
  std::unique_lock<std::mutex> l(m);
  std::condition_variable never;
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  while (never.wait_until(l, until) != std::cv_status::timeout) {
  }
}

MqlTradeResult act_on(Request &w) {
  MqlTradeResult r{};
  r.request_id = w.id;
  if (w.fault.reject) {
    r.retcode = w.fault.reject;
    Symbol *s = find_symbol(w.q.symbol);
    if (s && w.fault.moved_points)
      push_tick(*s, s->bid() + w.fault.moved_points * s->point, s->ask() + w.fault.moved_points * s->point);
  } else {
    r.retcode = execute(w.q, r, ORDER_REASON_EXPERT, w.fault.partial);
  }
  r.comment = ascii(retcode_name(r.retcode));
  const bool lost = w.fault.answer == Fault::Lost;
  Json j = order_fields(w.q, r.retcode, r.order);
  if (lost) j.add("response_lost", true);
  if (w.fault.late_ms) j.add("late_ms", w.fault.late_ms);
  out("order", j);
  if (lost) r = lost_result(w.id, w.fault.lost_code);
  if (!lost || (w.async && w.fault.lost_code)) tell_request(w.q, r);
  return r;
}
// Only when the file has it: an EA must never know more than a restarted broker.
void give_answer(const Request &w, const MqlTradeResult &r) {
  if (!w.answer) return;
  std::lock_guard<std::mutex> l(answer_mutex);
  w.answer->result = r;
  w.answer->ready = true;
  answered.notify_all();
}

std::shared_ptr<Answer> put_under_way(unsigned id, const MqlTradeRequest &q, const Fault &f, bool async) {
  Request w;
  w.id = id;
  w.q = q;
  w.fault = f;
  w.async = async;
  w.due = mono_ms() + switches.latency + f.late_ms;
  w.answer = std::make_shared<Answer>();
  ledger_request(id, q);
  ledger_commit();
  under_way.push_back(w);
  return w.answer;
}

// Waits for the answer, or as long as the terminal waits for one that is lost.
MqlTradeResult await(const std::shared_ptr<Answer> &answer, const Fault &f, unsigned id) {
  const bool lost = f.answer == Fault::Lost;
  if (lost && (lost_after_ms() >= 0 || !answer || f.late_ms)) {
    wait_ms(lost_after_ms() >= 0 ? lost_after_ms() : switches.latency.load());
    return lost_result(id, f.lost_code);
  }
  std::unique_lock<std::mutex> l(answer_mutex);
  answered.wait(l, [&] { return answer->ready; });
  return answer->result;
}

}  // namespace

namespace {
bool send_now(MqlTradeRequest &q, MqlTradeResult &r, bool async, Step &step) {
  std::shared_ptr<Answer> answer;
  Fault fault;
  r = MqlTradeResult{};
  {
    Locked l(broker_lock);
    r.request_id = ++last_id;
    if (const uint rc = terminal_refusal()) return refuse(r, q, rc);
  }
  ask_about(q);
  {
    Locked l(broker_lock);
    fault = next_fault();
    if (fault.executed)
      answer = put_under_way(r.request_id, q, fault, async);
    else
      out("order", order_fields(q, fault.lost_code, 0).add("request_lost", true));
  }
  step.sent();
  if (async) {
    r.retcode = TRADE_RETCODE_PLACED;
    return true;
  }
  r = await(answer, fault, r.request_id);
  if (done(r.retcode)) return true;
  last_error = ERR_TRADE_SEND_FAILED;
  return false;
}
}  // namespace

bool send_order(MqlTradeRequest &q, MqlTradeResult &r, bool async, const char *function) {
  Step step(function);
  count("order_send");
  const bool returned = send_now(q, r, async, step);
  tell_answer(q, r, returned);
  return returned;
}

void inflight_step() {
  for (auto it = under_way.begin(); it != under_way.end();) {
    if (it->due > mono_ms()) {
      ++it;
      continue;
    }
    Request w = *it;
    it = under_way.erase(it);
    // Off the list and acted on in one block of the file: never both, never neither.
    ledger_erase_request(w.id);
    const MqlTradeResult r = act_on(w);
    ledger_commit();
    give_answer(w, r);
  }
}

void inflight_restore(unsigned id, const MqlTradeRequest &q) {
  Request w;
  w.id = id;
  w.q = q;
  under_way.push_back(w);
  last_id = std::max(last_id, id);
}
void inflight_forget(unsigned id) {
  last_id = std::max(last_id, id);
  under_way.remove_if([&](const Request &w) { return w.id == id; });
}
void inflight_save_all() {
  for (const Request &w : under_way) ledger_request(w.id, w.q);
}

}  // namespace host

namespace mql {

bool OrderSend(MqlTradeRequest &q, MqlTradeResult &r) { return host::send_order(q, r, false, "OrderSend"); }
bool OrderSendAsync(MqlTradeRequest &q, MqlTradeResult &r) {
  return host::send_order(q, r, true, "OrderSendAsync");
}

}  // namespace mql
