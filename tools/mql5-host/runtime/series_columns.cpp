// series_columns.cpp — one column of the bars: CopyOpen, CopyTime and so on, and where the highest and lowest are.
#include "mql_api.h"

namespace mql {

namespace {

template <class T, class Column>
int hand_column(int copied, const array<MqlRates> &bars, array<T> &a, Column column) {
  if (copied < 0) return copied;
  if (!a.dynamic() && a.size() < copied) {
    last_error = ERR_HISTORY_SMALL_BUFFER;
    return -1;
  }
  const bool series = a.series();
  a.series(false);
  if (a.dynamic()) a.resize(copied);
  for (int i = 0; i < copied; i++) a[i] = column(bars[i]);
  a.series(series);
  return copied;
}

double value_of(const MqlRates &bar, ENUM_SERIESMODE mode) {
  switch (mode) {
    case MODE_OPEN: return bar.open;
    case MODE_LOW: return bar.low;
    case MODE_HIGH: return bar.high;
    case MODE_CLOSE: return bar.close;
    case MODE_VOLUME: return static_cast<double>(bar.tick_volume);
    case MODE_REAL_VOLUME: return static_cast<double>(bar.real_volume);
    default: return bar.spread;
  }
}
constexpr int kWholeHistory = 10000;

// The shift of the bar that beats all others; of equals the newest.
template <class Beats>
int extreme(const string &s, ENUM_TIMEFRAMES tf, ENUM_SERIESMODE mode, int count, int start, Beats beats) {
  if (start < 0 || count == 0) {
    last_error = ERR_INVALID_PARAMETER;
    return -1;
  }
  array<MqlRates> bars;
  bars.series(true);
  const int n = CopyRates(s, tf, start, count < 0 ? kWholeHistory : count, bars);
  if (n <= 0) return -1;
  int best = 0;
  for (int i = 1; i < n; i++)
    if (beats(value_of(bars[i], mode), value_of(bars[best], mode))) best = i;
  return start + best;
}

}  // namespace

#define COLUMN(name, T, field)                                                                          \
  int name(string s, ENUM_TIMEFRAMES tf, int start, int count, array<T> &a) {                           \
    array<MqlRates> bars;                                                                               \
    return hand_column(CopyRates(s, tf, start, count, bars), bars, a, [](auto &b) { return b.field; }); \
  }                                                                                                     \
  int name(string s, ENUM_TIMEFRAMES tf, datetime from, int count, array<T> &a) {                       \
    array<MqlRates> bars;                                                                               \
    return hand_column(CopyRates(s, tf, from, count, bars), bars, a, [](auto &b) { return b.field; });  \
  }                                                                                                     \
  int name(string s, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<T> &a) {                     \
    array<MqlRates> bars;                                                                               \
    return hand_column(CopyRates(s, tf, from, to, bars), bars, a, [](auto &b) { return b.field; });     \
  }
COLUMN(CopyTime, datetime, time)
COLUMN(CopyOpen, double, open)
COLUMN(CopyHigh, double, high)
COLUMN(CopyLow, double, low)
COLUMN(CopyClose, double, close)
COLUMN(CopyTickVolume, long, tick_volume)
COLUMN(CopyRealVolume, long, real_volume)
COLUMN(CopySpread, int, spread)
#undef COLUMN

int iHighest(string s, ENUM_TIMEFRAMES tf, ENUM_SERIESMODE mode, int count, int start) {
  return extreme(s, tf, mode, count, start, [](double a, double b) { return a > b; });
}
int iLowest(string s, ENUM_TIMEFRAMES tf, ENUM_SERIESMODE mode, int count, int start) {
  return extreme(s, tf, mode, count, start, [](double a, double b) { return a < b; });
}

}  // namespace mql
