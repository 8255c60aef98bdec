// control_host.cpp — commands about the host itself: its end, its counters, its panel.
#include "control.h"
#include "death.h"
#include "hold.h"
#include "host.h"
#include "ledger.h"
#include "options.h"
#include "output.h"
#include "panel.h"
#include "queue.h"

namespace host {

namespace {
const std::string kTrue = "true";

std::string deinit(Words &w) {
  const long reason = w.integer_or(REASON_REMOVE);
  if (!w.missing) request_stop(static_cast<int>(reason));
  return kTrue;
}
std::string kill_now(Words &) {
  ledger_commit();
  die("command");
}
std::string chart(Words &w) {
  Event e;
  e.kind = Event::Chart;
  e.id = static_cast<int>(w.integer());
  e.l = w.integer();
  e.d = w.number();
  e.s = mql::utf8(w.rest());
  if (!w.missing) post(std::move(e));
  return kTrue;
}
}  // namespace

const Commands &host_commands() {
  static const Commands c = {
      {"count", "", [](Words &) { return counters_json(); }},
      {"timings", "", [](Words &) { return timings_json(); }},
      {"panel", "", [](Words &) { return panel_json(); }},
      {"chart", "ID LPARAM DPARAM SPARAM", chart},
      {"deinit", "[REASON]", deinit},
      {"begin", "(with --hold: the EA begins)",
       [](Words &) {
         begin_now();
         return kTrue;
       }},
      {"kill", "", kill_now},
  };
  return c;
}

}  // namespace host
