// death.cpp — counts steps and ends the process like kill -9: what was not flushed is lost, or torn.
#include <mutex>
#include <sstream>
#include <unistd.h>
#include <vector>
#include "death.h"
#include "files.h"
#include "options.h"
#include "output.h"

namespace host {

namespace {
struct Rule {
  std::string name, when;
  long left;
};
std::mutex mutex;
std::vector<Rule> rules;

void pass(const char *name, const char *when) {
  std::string where;
  {
    std::lock_guard<std::mutex> l(mutex);
    for (Rule &r : rules)
      if ((r.name == "any" || r.name == name) && r.when == when && --r.left == 0)
        where = std::string(name) + ":" + when;
  }
  if (!where.empty()) die(where);
}
}  // namespace

Step::Step(const char *function) : name(function) {
  count((std::string("calls.") + name).c_str());
  pass(name, "before");
}
Step::~Step() { pass(name, "after"); }
void Step::sent() { pass(name, "sent"); }

std::string die_at(const std::string &rule) {
  std::istringstream is(rule);
  std::string name;
  long k = 0;
  if (!(is >> name >> k) || k < 1) return "die-at NAME[:before|:sent|:after] K, with K from 1";
  Rule r{name, "after", k};
  const size_t colon = name.find(':');
  if (colon != std::string::npos) {
    r.name = name.substr(0, colon);
    r.when = name.substr(colon + 1);
  }
  if (r.when != "before" && r.when != "after" && r.when != "sent") return "die-at: before, sent or after";
  std::lock_guard<std::mutex> l(mutex);
  rules.push_back(r);
  return "";
}
void die_at_clear() {
  std::lock_guard<std::mutex> l(mutex);
  rules.clear();
}

void die(const std::string &where) {
  if (switches.torn) tear_open_files();
  out("killed", Json().add("at", where));
  _exit(137);
}

}  // namespace host
