// feed.cpp — makes ticks: a seeded walk, a file, or commands. Several may share one millisecond.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include "symbols.h"
#include "account.h"
#include "clock.h"
#include "ledger.h"
#include "options.h"
#include "output.h"
#include "queue.h"

namespace host {

int few_ticks = 0;

namespace {
constexpr size_t kKeepInMemory = 500000;
long next_step = 0, last_seen = 0;
bool hiding = false;
unsigned walk_state = 1;

struct FileTick {
  std::string symbol;
  long after_ms;  // since the first of the file
  double bid, ask;
};
std::vector<FileTick> from_file;
size_t file_at = 0;
long file_start = -1;

double chance() {
  walk_state = walk_state * 1103515245u + 12345u;
  return (walk_state >> 8 & 0xffff) / 65535.0;
}
void walk(Symbol &s) {
  const int n = chance() < 0.1 ? 3 : 1;
  for (int i = 0; i < n; i++) {
    const double mid = std::max(s.mid() + (chance() - 0.5) * s.step * s.point, s.spread);
    push_tick(s, mid - s.spread / 2, mid + s.spread / 2);
  }
}
void remember(Symbol &s, const mql::MqlTick &t) {
  if (!s.ticks.empty() && t.time_msc < s.ticks.back().time_msc) s.sorted = false;
  const bool new_day = s.ticks.empty() || s.ticks.back().time / 86400 != t.time / 86400;
  s.ticks.push_back(t);
  broker_version++;
  if (s.ticks.size() > kKeepInMemory) s.ticks.pop_front();
  s.day_bid_high = new_day ? t.bid : std::max(s.day_bid_high, t.bid);
  s.day_bid_low = new_day ? t.bid : std::min(s.day_bid_low, t.bid);
  s.day_ask_high = new_day ? t.ask : std::max(s.day_ask_high, t.ask);
  s.day_ask_low = new_day ? t.ask : std::min(s.day_ask_low, t.ask);
}
mql::MqlTick make_tick(const Symbol &s, long time_msc, double bid, double ask) {
  mql::MqlTick t{};
  t.time_msc = time_msc;
  t.time = time_msc / 1000;
  t.bid = round_to(bid, s.digits);
  t.ask = round_to(ask, s.digits);
  t.flags = TICK_FLAG_BID | TICK_FLAG_ASK;
  return t;
}
bool clock_went_back = false;

void play_file() {
  if (file_start < 0) file_start = mono_ms();
  for (; file_at < from_file.size() && from_file[file_at].after_ms <= mono_ms() - file_start; file_at++) {
    const FileTick &f = from_file[file_at];
    if (Symbol *s = find_symbol(f.symbol)) push_tick(*s, f.bid, f.ask);
  }
}
}  // namespace

void push_tick(Symbol &s, double bid, double ask, long time_msc) {
  long now = time_msc ? time_msc : server_ms();
  if (!s.ticks.empty() && now < s.ticks.back().time_msc && !clock_went_back) now = s.ticks.back().time_msc;
  const mql::MqlTick t = make_tick(s, now, bid, ask);
  remember(s, t);
  ledger_tick(s.name, t.time_msc, t.bid, t.ask);
  count("ticks_generated");
  if (hiding) {
    s.hidden++;
    return;
  }
  last_seen = clock_went_back ? now : std::max(last_seen, now);
  if (s.name != options.symbol) return;
  Event e;
  e.kind = Event::Tick;
  post(std::move(e));
}
void restore_tick(const std::string &symbol, long time_msc, double bid, double ask) {
  Symbol *s = find_symbol(symbol);
  if (!s) return;
  remember(*s, make_tick(*s, time_msc, bid, ask));
  last_seen = std::max(last_seen, time_msc);
}
void first_ticks() {
  walk_state = options.seed;
  for (Symbol &s : symbols())
    if (s.ticks.empty()) push_tick(s, s.start - s.spread / 2, s.start + s.spread / 2);
}
void feed_step() {
  const long now = mono_ms();
  if (!switches.feed || now < next_step) return;
  next_step = now + options.tick_ms;
  if (!from_file.empty()) return play_file();
  for (Symbol &s : symbols())
    if (!(weekend_now() && !s.always) && chance() >= 0.4) walk(s);
}
std::string load_tick_file(const std::string &path) {
  std::ifstream f(path);
  if (!f) return "cannot read " + path;
  std::string line;
  long first = -1;
  while (std::getline(f, line)) {
    std::vector<std::string> cell;
    std::istringstream is(line);
    for (std::string c; std::getline(is, c, ',');) cell.push_back(c);
    if (cell.size() < 3) continue;
    const bool named = cell.size() > 3 && !isdigit(static_cast<unsigned char>(cell[0][0]));
    const size_t k = named ? 1 : 0;
    char *end = nullptr;
    const long ms = strtol(cell[k].c_str(), &end, 10);
    if (*end || end == cell[k].c_str()) continue;  // a heading
    if (first < 0) first = ms;
    from_file.push_back({named ? cell[0] : options.symbol, ms - first, strtod(cell[k + 1].c_str(), nullptr),
                         strtod(cell[k + 2].c_str(), nullptr)});
  }
  return from_file.empty() ? "no ticks in " + path : "";
}

void hide_new_ticks(bool hide) {
  hiding = hide;
  if (hide) return;
  for (Symbol &s : symbols()) {
    s.hidden = 0;
    if (!s.ticks.empty()) last_seen = std::max(last_seen, s.ticks.back().time_msc);
  }
}
long last_seen_tick_msc() { return last_seen; }
void feed_clock_changed() { clock_went_back = true; }

}  // namespace host
