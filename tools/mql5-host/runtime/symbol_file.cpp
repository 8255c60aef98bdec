// symbol_file.cpp — more symbols: lines of `NAME; key=value; …`, or bare names that borrow from a known one.
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include "symbols.h"
#include "account.h"
#include "options.h"
#include "output.h"

namespace host {

namespace {

std::string trim(const std::string &s) {
  const size_t a = s.find_first_not_of(" \t\r"), b = s.find_last_not_of(" \t\r");
  return a == std::string::npos ? "" : s.substr(a, b - a + 1);
}
double real(const std::string &v) { return strtod(v.c_str(), nullptr); }
int whole(const std::string &v) { return atoi(v.c_str()); }

int filling_of(const std::string &v) {
  int mask = 0;
  if (v.find("fok") != std::string::npos) mask |= SYMBOL_FILLING_FOK;
  if (v.find("ioc") != std::string::npos) mask |= SYMBOL_FILLING_IOC;
  return mask;
}
int mode_of(const std::string &v) {
  return v == "disabled" ? mql::SYMBOL_TRADE_MODE_DISABLED
         : v == "long"   ? mql::SYMBOL_TRADE_MODE_LONGONLY
         : v == "short"  ? mql::SYMBOL_TRADE_MODE_SHORTONLY
         : v == "close"  ? mql::SYMBOL_TRADE_MODE_CLOSEONLY
                         : mql::SYMBOL_TRADE_MODE_FULL;
}
int execution_of(const std::string &v) {
  return v == "instant"    ? mql::SYMBOL_TRADE_EXECUTION_INSTANT
         : v == "exchange" ? mql::SYMBOL_TRADE_EXECUTION_EXCHANGE
                           : mql::SYMBOL_TRADE_EXECUTION_MARKET;
}
int second_of(const std::string &hh_mm) {
  return whole(hh_mm) * 3600 + whole(hh_mm.substr(hh_mm.find(':') + 1)) * 60;
}
void set_session(Symbol &s, const std::string &v) {  // 01:00-23:55
  s.session_from = second_of(v.substr(0, v.find('-')));
  s.session_to = second_of(v.substr(v.find('-') + 1));
}
void set_digits(Symbol &s, int digits) {
  s.digits = digits;
  s.point = s.tick_size = ::pow(10, -digits);
}

using Set = std::function<void(Symbol &, const std::string &)>;
const std::map<std::string, Set> &keys() {
  static const std::map<std::string, Set> k = {
      {"digits", [](Symbol &s, auto &v) { set_digits(s, whole(v)); }},
      {"price", [](Symbol &s, auto &v) { s.start = real(v); }},
      {"spread", [](Symbol &s, auto &v) { s.spread = real(v); }},
      {"tick", [](Symbol &s, auto &v) { s.tick_size = real(v); }},
      {"walk", [](Symbol &s, auto &v) { s.step = real(v); }},
      {"contract", [](Symbol &s, auto &v) { s.contract = real(v); }},
      {"min", [](Symbol &s, auto &v) { s.volume_min = real(v); }},
      {"max", [](Symbol &s, auto &v) { s.volume_max = real(v); }},
      {"step", [](Symbol &s, auto &v) { s.volume_step = real(v); }},
      {"limit", [](Symbol &s, auto &v) { s.volume_limit = real(v); }},
      {"stops", [](Symbol &s, auto &v) { s.stops = whole(v); }},
      {"freeze", [](Symbol &s, auto &v) { s.freeze = whole(v); }},
      {"fill", [](Symbol &s, auto &v) { s.filling = filling_of(v); }},
      {"exe", [](Symbol &s, auto &v) { s.execution = execution_of(v); }},
      {"mode", [](Symbol &s, auto &v) { s.mode = mode_of(v); }},
      {"orders", [](Symbol &s, auto &v) { s.order_mode = whole(v); }},
      {"expiration", [](Symbol &s, auto &v) { s.expiration = whole(v); }},
      {"base", [](Symbol &s, auto &v) { s.base = s.margin = v; }},
      {"profit", [](Symbol &s, auto &v) { s.profit = v; }},
      {"swap_long", [](Symbol &s, auto &v) { s.swap_long = real(v); }},
      {"swap_short", [](Symbol &s, auto &v) { s.swap_short = real(v); }},
      {"session", [](Symbol &s, auto &v) { set_session(s, v); }},
      {"selected", [](Symbol &s, auto &v) { s.selected = whole(v) != 0; }},
      {"always", [](Symbol &s, auto &v) { s.always = whole(v) != 0; }},
      {"desc", [](Symbol &s, auto &v) { s.description = v; }},
      {"path", [](Symbol &s, auto &v) { s.path = v; }},
  };
  return k;
}

// "EURUSD.m" is EURUSD under another name.
Symbol borrow(const std::string &name) {
  Symbol s;
  size_t longest = 0;
  for (const Symbol &known : symbols())
    if (known.name.size() > longest && name.find(known.name) != std::string::npos) {
      s = known;
      s.start = known.ticks.empty() ? known.start : known.mid();
      s.ticks.clear();
      longest = known.name.size();
    }
  if (!longest) s.base = s.margin = "EUR", s.profit = "USD";
  s.name = s.description = name;
  s.path = "Symbols\\" + name;
  return s;
}

}  // namespace

std::string define_symbol(const std::string &line) {
  std::istringstream parts(line);
  std::string part, name;
  std::getline(parts, part, ';');
  name = trim(part);
  if (name.empty() || mql::utf8(name).len() > 31) return "a symbol's name has 1 to 31 characters";
  Symbol *known = find_symbol(name);
  Symbol s = known ? *known : borrow(name);
  while (std::getline(parts, part, ';')) {
    if (trim(part).empty()) continue;
    const size_t e = part.find('=');
    const auto it = keys().find(trim(part.substr(0, e)));
    if (e == std::string::npos || it == keys().end()) {
      std::string all;
      for (const auto &[k, unused] : keys()) all += " " + k;
      return "no such property: " + trim(part) + "; there are" + all;
    }
    it->second(s, trim(part.substr(e + 1)));
  }
  if (known)
    *known = s;
  else
    symbols().push_back(s);
  return "";
}

// --symbols: a file of lines, or names with commas between.
std::string define_more_symbols(const std::string &file_or_names) {
  std::ifstream f(file_or_names);
  std::istringstream names(file_or_names);
  const bool is_file = f.good();
  std::string line, problem;
  while (problem.empty() &&
         std::getline(is_file ? static_cast<std::istream &>(f) : names, line, is_file ? '\n' : ','))
    if (!trim(line).empty() && line.rfind("//", 0) != 0) problem = define_symbol(line);
  return problem;
}

}  // namespace host
