// control.cpp — reads a command, finds it, answers in JSON.
#include <cstdlib>
#include <iomanip>
#include "control.h"
#include "host.h"
#include "ledger.h"
#include "options.h"
#include "output.h"

namespace host {

std::string Words::text() {
  std::string w;
  if (!(is >> std::quoted(w))) missing = true;  // "US 500" is one word
  return w;
}
double Words::number() {
  const std::string w = text();
  char *end = nullptr;
  const double v = strtod(w.c_str(), &end);
  if (w.empty() || *end) missing = true;
  return v;
}
long Words::integer() {
  const std::string w = text();
  char *end = nullptr;
  const long v = strtol(w.c_str(), &end, 10);
  if (w.empty() || *end) missing = true;
  return v;
}
unsigned long Words::id() {
  const std::string w = text();
  char *end = nullptr;
  const unsigned long v = strtoul(w.c_str(), &end, 10);
  if (w.empty() || *end) missing = true;
  return v;
}
double Words::number_or(double none) {
  is >> std::ws;
  return is.eof() ? none : number();
}
long Words::integer_or(long none) {
  is >> std::ws;
  return is.eof() ? none : integer();
}
std::string Words::rest() {
  std::string r;
  is >> std::ws;
  std::getline(is, r);
  return r;
}
bool Words::on() {
  const std::string w = text();
  if (w != "on" && w != "off") missing = true;
  return w == "on";
}

std::string error_json(const std::string &what) { return Json().add("error", what).object(); }

namespace {
std::string all_commands() {
  std::string list;
  for (const Commands *group : {&market_commands(), &trade_commands(), &fault_commands(), &host_commands()})
    for (const Command &c : *group)
      list += (list.empty() ? "" : ",") + json(std::string(c.name) + " " + c.usage);
  return "[" + list + "]";
}
}  // namespace

std::string run_command(const std::string &line) {
  Words words(line);
  const std::string name = words.text();
  for (const Commands *group : {&market_commands(), &trade_commands(), &fault_commands(), &host_commands()})
    for (const Command &c : *group) {
      if (name != c.name) continue;
      Locked l(broker_lock);
      const std::string data = c.run(words);
      ledger_commit();
      return words.missing ? error_json("usage: " + name + " " + c.usage) : data;
    }
  return Json().add("error", "unknown command: " + name).raw("commands", all_commands()).object();
}

}  // namespace host
