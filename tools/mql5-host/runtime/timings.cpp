// timings.cpp — how long each handler takes: count, p50, p99 and max in ms.
#include <algorithm>
#include <map>
#include <mutex>
#include <vector>
#include "host.h"
#include "output.h"

namespace host {

namespace {
constexpr size_t kKept = 100000;  // the newest
struct Times {
  std::vector<long> us;
  size_t n = 0;
  long longest = 0;
};
std::mutex mutex;
std::map<std::string, Times> times;

double percentile(std::vector<long> &v, double part) {
  const auto at = v.begin() + static_cast<long>(static_cast<double>(v.size() - 1) * part);
  std::nth_element(v.begin(), at, v.end());
  return static_cast<double>(*at) / 1000;
}
}  // namespace

void handler_timed(const char *handler, long us) {
  std::lock_guard<std::mutex> l(mutex);
  Times &t = times[handler];
  if (t.us.size() < kKept)
    t.us.push_back(us);
  else
    t.us[t.n % kKept] = us;
  t.n++;
  t.longest = std::max(t.longest, us);
}
std::string timings_json() {
  std::lock_guard<std::mutex> l(mutex);
  Json all;
  for (auto &[name, t] : times) {
    std::vector<long> v = t.us;
    Json j;
    j.add("count", t.n).add("p50", percentile(v, 0.5)).add("p99", percentile(v, 0.99));
    j.add("max", static_cast<double>(t.longest) / 1000);
    all.raw(name.c_str(), j.object());
  }
  return all.object();
}

}  // namespace host
