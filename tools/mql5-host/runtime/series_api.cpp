// series_api.cpp — CopyTicks* from what the terminal has seen, and bars that are computed, not recorded.
#include <algorithm>
#include "account.h"
#include "clock.h"
#include "death.h"
#include "options.h"
#include "symbols.h"

namespace mql {
using host::broker_lock;
using host::Locked;

namespace {
using Quotes = host::Symbol;
constexpr uint kDefaultCount = 2000;

Quotes *known(const string &name) {
  Quotes *s = host::find_symbol(name);
  if (!s) last_error = ERR_MARKET_UNKNOWN_SYMBOL;
  return s;
}
int hand_over(const std::vector<MqlTick> &v, array<MqlTick> &a) {
  const bool series = a.series();
  a.series(false);
  if (a.size() < static_cast<int>(v.size()) || a.dynamic()) a.resize(static_cast<int>(v.size()));
  const int n = std::min(a.size(), static_cast<int>(v.size()));
  for (int i = 0; i < n; i++) a[i] = v[static_cast<size_t>(i)];
  a.series(series);
  return n;
}
// The first calls of a symbol may find the terminal not yet synchronised.
bool still_synchronising(Quotes &s) { return s.copied++ < host::few_ticks; }

size_t first_from(const Quotes &s, ulong from_msc) {
  const auto end = s.ticks.end() - static_cast<long>(std::min(s.hidden, s.ticks.size()));
  const auto not_before = [&](const MqlTick &t) { return static_cast<ulong>(t.time_msc) >= from_msc; };
  const auto it = s.sorted
                      ? std::partition_point(s.ticks.begin(), end, [&](auto &t) { return !not_before(t); })
                      : std::find_if(s.ticks.begin(), end, not_before);
  return static_cast<size_t>(it - s.ticks.begin());
}
}  // namespace

int CopyTicks(string name, array<MqlTick> &a, uint flags, ulong from, uint count) {
  host::Step step("CopyTicks");
  Locked l(broker_lock);
  Quotes *s = known(name);
  if (!s) return -1;
  if (!count) count = kDefaultCount;
  const size_t size = s->ticks.size() - std::min(s->hidden, s->ticks.size());
  if (still_synchronising(*s)) count = 1;
  std::vector<MqlTick> v;
  size_t i = from ? first_from(*s, from) : size - std::min<size_t>(size, count);
  if (flags & COPY_TICKS_INFO)  // the feed has quotes, no trades
    for (; i < size && v.size() < count; i++) v.push_back(s->ticks[i]);
  return hand_over(v, a);
}
int CopyTicksRange(string name, array<MqlTick> &a, uint flags, ulong from, ulong to) {
  host::Step step("CopyTicksRange");
  Locked l(broker_lock);
  Quotes *s = known(name);
  if (!s) return -1;
  const size_t size = s->ticks.size() - std::min(s->hidden, s->ticks.size());
  std::vector<MqlTick> v;
  if (flags & COPY_TICKS_INFO)
    for (size_t i = first_from(*s, from); i < size; i++) {
      if (to && static_cast<ulong>(s->ticks[i].time_msc) > to) break;
      v.push_back(s->ticks[i]);
      if (still_synchronising(*s)) break;
    }
  return hand_over(v, a);
}

// ---- bars: a function of the time alone, so that two calls agree
int PeriodSeconds(ENUM_TIMEFRAMES tf) {
  const int v = tf == PERIOD_CURRENT ? PERIOD_M1 : tf;
  if (tf == PERIOD_W1) return 604800;
  if (tf == PERIOD_MN1) return 2592000;
  return v < 16384 ? v * 60 : (v - 16384) * 3600;
}

namespace {
constexpr size_t kMostBars = 100000;

MqlRates bar(const Quotes &s, long t, int seconds) {
  const uint h = static_cast<uint>(t / seconds) * 2654435761u;
  const double wave = ((h >> 10 & 1023) / 1023.0 - 0.5) * 200 * s.point;
  MqlRates r{};
  r.time = t;
  r.open = host::round_to(s.start + wave, s.digits);
  r.close = host::round_to(s.start - wave / 2, s.digits);
  r.high = host::round_to(std::max(r.open, r.close) + 30 * s.point, s.digits);
  r.low = host::round_to(std::min(r.open, r.close) - 30 * s.point, s.digits);
  r.tick_volume = 100 + static_cast<long>(h & 1023);
  r.spread = static_cast<int>(::round(s.spread / s.point));
  return r;
}
long last_bar(int seconds) { return TimeCurrent() / seconds * seconds; }
}  // namespace

int CopyRates(string name, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<MqlRates> &r) {
  host::Step step("CopyRates");
  Locked l(broker_lock);
  const Quotes *s = known(name);
  if (!s) return -1;
  const int seconds = PeriodSeconds(tf);
  std::vector<MqlRates> v;
  const long end = std::min<long>(to, host::last_seen_tick_msc() / 1000);
  for (long t = (from + seconds - 1) / seconds * seconds; t <= end && v.size() < kMostBars; t += seconds)
    v.push_back(bar(*s, t, seconds));
  if (v.empty()) {
    last_error = ERR_HISTORY_NOT_FOUND;
    return -1;
  }
  const bool series = r.series();
  r.series(false);
  r.resize(static_cast<int>(v.size()));
  for (int i = 0; i < r.size(); i++) r[i] = v[static_cast<size_t>(i)];
  r.series(series);
  return static_cast<int>(v.size());
}
int CopyRates(string name, ENUM_TIMEFRAMES tf, datetime from, int count, array<MqlRates> &r) {
  const long back = static_cast<long>(count - 1) * PeriodSeconds(tf);
  const long at = from / PeriodSeconds(tf) * PeriodSeconds(tf);
  return CopyRates(name, tf, datetime(at - back), datetime(at), r);
}
int CopyRates(string name, ENUM_TIMEFRAMES tf, int start, int count, array<MqlRates> &r) {
  const int seconds = PeriodSeconds(tf);
  return CopyRates(name, tf, datetime(last_bar(seconds) - static_cast<long>(start) * seconds), count, r);
}
int Bars(string, ENUM_TIMEFRAMES) { return static_cast<int>(kMostBars); }
int iBars(string s, ENUM_TIMEFRAMES tf) { return Bars(s, tf); }
int iBarShift(string, ENUM_TIMEFRAMES tf, datetime t, bool) {
  const int seconds = PeriodSeconds(tf);
  return static_cast<int>((last_bar(seconds) - t / seconds * seconds) / seconds);
}
datetime iTime(string, ENUM_TIMEFRAMES tf, int shift) {
  const int seconds = PeriodSeconds(tf);
  return last_bar(seconds) - static_cast<long>(shift) * seconds;
}
namespace {
MqlRates one_bar(const string &name, ENUM_TIMEFRAMES tf, int shift) {
  array<MqlRates> r;
  return CopyRates(name, tf, shift, 1, r) == 1 ? r[0] : MqlRates{};
}
}  // namespace
double iOpen(string s, ENUM_TIMEFRAMES tf, int shift) { return one_bar(s, tf, shift).open; }
double iHigh(string s, ENUM_TIMEFRAMES tf, int shift) { return one_bar(s, tf, shift).high; }
double iLow(string s, ENUM_TIMEFRAMES tf, int shift) { return one_bar(s, tf, shift).low; }
double iClose(string s, ENUM_TIMEFRAMES tf, int shift) { return one_bar(s, tf, shift).close; }
long iVolume(string s, ENUM_TIMEFRAMES tf, int shift) { return one_bar(s, tf, shift).tick_volume; }
long iTickVolume(string s, ENUM_TIMEFRAMES tf, int shift) { return one_bar(s, tf, shift).tick_volume; }
long iRealVolume(string s, ENUM_TIMEFRAMES tf, int shift) { return one_bar(s, tf, shift).real_volume; }
int iSpread(string s, ENUM_TIMEFRAMES tf, int shift) { return one_bar(s, tf, shift).spread; }
long SeriesInfoInteger(string s, ENUM_TIMEFRAMES tf, ENUM_SERIES_INFO_INTEGER p) {
  switch (p) {
    case SERIES_BARS_COUNT: return Bars(s, tf);
    case SERIES_LASTBAR_DATE: return last_bar(PeriodSeconds(tf));
    case SERIES_SYNCHRONIZED: return SymbolIsSynchronized(s);
    default: return last_bar(PeriodSeconds(tf)) - static_cast<long>(kMostBars) * PeriodSeconds(tf);
  }
}
bool SeriesInfoInteger(string s, ENUM_TIMEFRAMES tf, ENUM_SERIES_INFO_INTEGER p, long &v) {
  v = SeriesInfoInteger(s, tf, p);
  return true;
}

}  // namespace mql
