// output.cpp — writes events. A line is one write(2), so that a death never leaves half of one.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <unistd.h>
#include "output.h"
#include "clock.h"

namespace host {

namespace {
std::mutex out_mutex, count_mutex;
std::map<std::string, long> counters;

void write_all(const char *p, size_t n) {
  while (n > 0) {
    const ssize_t k = write(1, p, n);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return;  // nobody reads: the driver is gone, and the end of stdin will tell
    p += k;
    n -= static_cast<size_t>(k);
  }
}
}  // namespace

std::string json(const std::string &s) {
  std::string o = "\"";
  for (const char ch : s) {
    const unsigned char c = static_cast<unsigned char>(ch);
    if (c == '"' || c == '\\') {
      o += '\\';
      o += ch;
    } else if (c < 32 || c == 127) {
      char b[8];
      snprintf(b, sizeof b, "\\u%04x", c);
      o += b;
    } else {
      o += ch;
    }
  }
  return o + "\"";
}
std::string json(const mql::string &s) { return json(mql::narrow(s)); }
std::string json(double v) {
  if (!std::isfinite(v)) return "null";
  char b[40];
  snprintf(b, sizeof b, "%.10g", v);
  return b;
}
std::string json_id(unsigned long v) { return "\"" + std::to_string(v) + "\""; }

void out(const char *event, const Json &fields) {
  std::string line = "{\"ev\":" + json(event) + ",\"ms\":" + std::to_string(mono_ms());
  if (!fields.fields().empty()) line += "," + fields.fields();
  line += "}\n";
  std::lock_guard<std::mutex> l(out_mutex);
  write_all(line.data(), line.size());
}
void out_raw(const char *line) { write_all(line, strlen(line)); }

void count(const char *what, long n) {
  std::lock_guard<std::mutex> l(count_mutex);
  counters[what] += n;
}
void count_max(const char *what, long v) {
  std::lock_guard<std::mutex> l(count_mutex);
  if (v > counters[what]) counters[what] = v;
}
std::string counters_json() {
  std::lock_guard<std::mutex> l(count_mutex);
  Json j;
  for (const auto &[k, v] : counters) j.add(k.c_str(), v);
  return j.object();
}

}  // namespace host
