// control_faults.cpp — commands that make the broker, the link or the process fail.
#include "control.h"
#include "account.h"
#include "ask.h"
#include "broker.h"
#include "death.h"
#include "faults.h"
#include "options.h"
#include "output.h"

namespace host {

namespace {
const std::string kTrue = "true";

std::string reject(Words &w) {
  const long code = w.integer(), n = w.integer_or(1);
  if (!w.missing) set_reject(static_cast<mql::uint>(code), static_cast<int>(n), 0);
  return kTrue;
}
std::string requote(Words &w) {
  const long n = w.integer(), code = w.integer_or(mql::TRADE_RETCODE_REQUOTE), points = w.integer_or(10);
  if (!w.missing) set_reject(static_cast<mql::uint>(code), static_cast<int>(n), static_cast<int>(points));
  return kTrue;
}
std::string lose(Words &w, bool executed) {
  const long n = w.integer(), code = w.integer_or(mql::TRADE_RETCODE_TIMEOUT);
  if (!w.missing) set_lost(executed, static_cast<int>(n), static_cast<mql::uint>(code), 0);
  return kTrue;
}
std::string late(Words &w) {
  const long n = w.integer(), ms = w.integer(), code = w.integer_or(mql::TRADE_RETCODE_TIMEOUT);
  if (!w.missing) set_lost(true, static_cast<int>(n), static_cast<mql::uint>(code), static_cast<int>(ms));
  return kTrue;
}
std::string send_fail(Words &w) {
  const long n = w.integer();
  if (!w.missing) set_lost(false, static_cast<int>(n), mql::TRADE_RETCODE_CONNECTION, 0);
  return kTrue;
}
std::string partial(Words &w) {
  const double fraction = w.number();
  const long n = w.integer_or(1);
  if (!w.missing) set_partial(fraction, static_cast<int>(n));
  return kTrue;
}
std::string lost_after(Words &w) {
  const long ms = w.integer();
  if (!w.missing) set_lost_after(static_cast<int>(ms));
  return kTrue;
}
std::string comments(Words &w) {
  const std::string mode = w.text(), argument = w.rest();
  if (!w.missing && !set_comments(mode, argument)) w.missing = true;
  return kTrue;
}
std::string history(Words &w) {
  const std::string what = w.text();
  const long ms = w.integer();
  if (what != "delay") w.missing = true;
  if (!w.missing) set_history_delay_ms(static_cast<int>(ms));
  return kTrue;
}
std::string transactions(Words &w) {
  const std::string mode = w.text();
  const long n = w.integer_or(0);
  if (!w.missing && !set_notices(mode, static_cast<int>(n))) w.missing = true;
  return kTrue;
}
std::string die_rule(Words &w) {
  const std::string rule = w.rest();
  if (rule == "off") {
    die_at_clear();
    return kTrue;
  }
  const std::string problem = die_at(rule);
  return problem.empty() ? kTrue : error_json(problem);
}
std::string torn(Words &w) {
  const bool on = w.on();
  if (!w.missing) switches.torn = on;
  return kTrue;
}
std::string sockets(Words &w) {
  const bool on = w.text() == "false-readable" && w.on();
  if (!w.missing) switches.false_readable = on;
  return kTrue;
}
std::string ask(Words &w) {
  const bool on = w.on();
  if (!w.missing) set_asking(on);
  return kTrue;
}
std::string go(Words &) {
  go_on();
  return kTrue;
}
std::string no_faults(Words &) {
  clear_faults();
  die_at_clear();
  set_notices("off", 0);
  set_history_delay_ms(0);
  switches.torn = switches.false_readable = false;
  return kTrue;
}
}  // namespace

const Commands &fault_commands() {
  static const Commands c = {
      {"reject", "CODE [N]", reject},
      {"requote", "N [CODE [POINTS]]", requote},
      {"loseresp", "N [CODE] (executed; 0: OrderSend false with retcode 0)",
       [](Words &w) { return lose(w, true); }},
      {"losereq", "N [CODE] (not executed)", [](Words &w) { return lose(w, false); }},
      {"late", "N MS [CODE] (executed so long after the answer was lost)", late},
      {"sendfail", "N", send_fail},
      {"lost-after", "MS (how long the terminal waits for an answer that is lost; -1: latency)",
       lost_after},
      {"partial", "FRACTION [N]", partial},
      {"comments", "keep | cut N | drop | replace TEXT", comments},
      {"history", "delay MS", history},
      {"transactions", "drop N | reverse N | delay MS | off", transactions},
      {"sockets", "false-readable on|off", sockets},
      {"die-at", "NAME[:before|:sent|:after] K | any[:…] K | off", die_rule},
      {"torn", "on|off", torn},
      {"ask", "on|off (each OrderSend waits, with the event ask, for the command go)", ask},
      {"go", "", go},
      {"nofaults", "", no_faults},
  };
  return c;
}

}  // namespace host
