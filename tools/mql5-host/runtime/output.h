// output.h — stdout: one JSON object a line, and the counters that the last line carries.
#pragma once
#include <string>
#include "mql_api.h"

namespace host {

std::string json(const std::string &s);
std::string json(const mql::string &s);
std::string json(double v);
inline std::string json(const char *s) { return json(std::string(s)); }
inline std::string json(bool v) { return v ? "true" : "false"; }
// 64-bit numbers as strings: a JSON reader would round them.
std::string json_id(unsigned long v);

// {"a":1,"b":"x"} piece by piece.
class Json {
  std::string s;

 public:
  template <class T>
  Json &add(const char *key, const T &v) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      return raw(key, std::to_string(v));
    else
      return raw(key, json(v));
  }
  Json &raw(const char *key, const std::string &text) {
    s += (s.empty() ? "" : ",") + json(key) + ":" + text;
    return *this;
  }
  Json &id(const char *key, unsigned long v) { return raw(key, json_id(v)); }
  const std::string &fields() const { return s; }
  std::string object() const { return "{" + s + "}"; }
};

void out(const char *event, const Json &fields = Json());
// For a signal handler: no lock, no allocation.
void out_raw(const char *line);

void count(const char *what, long n = 1);
void count_max(const char *what, long v);
std::string counters_json();

}  // namespace host
