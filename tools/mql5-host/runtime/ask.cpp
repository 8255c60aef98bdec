// ask.cpp — the EA waits in OrderSend while a test sets the faults for this very request.
#include <condition_variable>
#include <mutex>
#include "ask.h"
#include "account.h"
#include "broker.h"
#include "options.h"
#include "output.h"

namespace host {

using namespace mql;

namespace {
std::mutex ask_mutex;
std::condition_variable decided;
bool asking = false, waiting = false;

Json request_json(const MqlTradeRequest &q) {
  Json j;
  j.add("action", static_cast<int>(q.action)).add("symbol", q.symbol).add("type", static_cast<int>(q.type));
  j.add("volume", q.volume).add("price", q.price).add("stoplimit", q.stoplimit).add("sl", q.sl).add("tp", q.tp);
  j.id("deviation", q.deviation).id("magic", q.magic).add("comment", q.comment).id("order", q.order);
  j.id("position", q.position).id("position_by", q.position_by).add("filling", static_cast<int>(q.type_filling));
  j.add("expiration", static_cast<long>(q.expiration));
  return j;
}
}  // namespace

void set_asking(bool on) {
  std::lock_guard<std::mutex> l(ask_mutex);
  asking = on;
  if (!on) waiting = false;
  decided.notify_all();
}
void ask_about(const MqlTradeRequest &q) {
  std::unique_lock<std::mutex> l(ask_mutex);
  if (!asking) return;
  waiting = true;
  out("ask", request_json(q));
  decided.wait(l, [] { return !waiting; });
}
void go_on() {
  std::lock_guard<std::mutex> l(ask_mutex);
  waiting = false;
  decided.notify_all();
}
void tell_answer(const MqlTradeRequest &q, const MqlTradeResult &r, bool returned) {
  {
    std::lock_guard<std::mutex> l(ask_mutex);
    if (!asking) return;
  }
  unsigned long position = 0;
  {
    Locked l(broker_lock);
    for (const Deal &d : account.deals)
      if (r.deal != 0 && d.ticket == r.deal) position = d.position;
  }
  Json j = request_json(q);
  j.add("returned", returned).add("retcode", r.retcode).id("result_order", r.order).id("result_deal", r.deal);
  j.id("result_position", position).add("result_price", r.price).add("result_volume", r.volume);
  out("answer", j);
}

}  // namespace host
