// globals.cpp — global variables of the terminal: on the disk only after a flush or a proper end.
#include <cstdio>
#include <map>
#include "clock.h"
#include "death.h"
#include "files.h"
#include "open_file.h"
#include "options.h"
#include "record.h"
#include <fstream>

namespace {
struct Global {
  double value;
  long time;
  bool temporary;
};
std::map<std::string, Global> globals;
std::string file_name() { return host::options.sandbox + "/gvariables.dat"; }
}  // namespace

namespace host {

void globals_save() {
  const std::string fresh = file_name() + ".new";
  make_folders(fresh);
  FILE *f = fopen(fresh.c_str(), "w");
  if (!f) return;
  for (const auto &[name, g] : globals)
    if (!g.temporary) fputs((RecordWriter('G') << name << g.value << g.time).line().c_str(), f);
  fclose(f);
  rename(fresh.c_str(), file_name().c_str());
}
void globals_load() {
  std::ifstream f(file_name());
  for (std::string line; std::getline(f, line);) {
    RecordReader r(line);
    std::string name;
    Global g{0, 0, false};
    r >> name >> g.value >> g.time;
    if (r.kind == 'G') globals[name] = g;
  }
}

}  // namespace host

namespace mql {

namespace {
constexpr int kLongestName = 63;

bool good_name(const string &n) {
  if (n.len() > 0 && n.len() <= kLongestName) return true;
  last_error = ERR_INVALID_PARAMETER;
  return false;
}
Global *find(const string &n) {
  const auto it = globals.find(narrow(n));
  if (it != globals.end()) return &it->second;
  last_error = ERR_GLOBALVARIABLE_NOT_FOUND;
  return nullptr;
}
long now() { return host::pc_ms() / 1000; }
}  // namespace

bool GlobalVariableCheck(string n) { return globals.count(narrow(n)) > 0; }
datetime GlobalVariableSet(string n, double v) {
  host::Step step("GlobalVariableSet");
  if (!good_name(n)) return 0;
  Global &g = globals.try_emplace(narrow(n), Global{0, 0, false}).first->second;
  g.value = v;
  g.time = now();
  return g.time;
}
bool GlobalVariableTemp(string n) {
  if (!good_name(n)) return false;
  if (!globals.try_emplace(narrow(n), Global{0, now(), true}).second) {
    last_error = ERR_GLOBALVARIABLE_EXISTS;
    return false;
  }
  return true;
}
bool GlobalVariableGet(string n, double &v) {
  Global *g = find(n);
  if (!g) return false;
  g->time = now();
  v = g->value;
  return true;
}
double GlobalVariableGet(string n) {
  double v = 0;
  GlobalVariableGet(n, v);
  return v;
}
bool GlobalVariableDel(string n) {
  if (globals.erase(narrow(n))) return true;
  last_error = ERR_GLOBALVARIABLE_NOT_FOUND;
  return false;
}
datetime GlobalVariableTime(string n) {
  const Global *g = find(n);
  return g ? g->time : 0;
}
bool GlobalVariableSetOnCondition(string n, double v, double check) {
  host::Step step("GlobalVariableSetOnCondition");
  Global *g = find(n);
  if (!g) return false;
  if (g->value < check || g->value > check) {
    last_error = ERR_GLOBALVARIABLE_NOT_MODIFIED;
    return false;
  }
  g->value = v;
  g->time = now();
  return true;
}
void GlobalVariablesFlush() {
  host::Step step("GlobalVariablesFlush");
  host::globals_save();
}
int GlobalVariablesTotal() { return static_cast<int>(globals.size()); }
string GlobalVariableName(int i) {
  for (const auto &[name, g] : globals)
    if (i-- == 0) return utf8(name);
  return string(std::u16string());
}
int GlobalVariablesDeleteAll(string prefix, datetime limit) {
  const std::string p = narrow(prefix);
  return static_cast<int>(std::erase_if(globals, [&](const auto &g) {
    return g.first.rfind(p, 0) == 0 && (limit == 0 || g.second.time < limit);
  }));
}

}  // namespace mql
