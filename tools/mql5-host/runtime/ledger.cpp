// ledger.cpp — writes and reads the broker's journal. A block of records counts only with its closing line.
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <algorithm>
#include "ledger.h"
#include "clock.h"
#include "inflight.h"
#include "options.h"
#include "output.h"
#include "record.h"
#include "symbols.h"

namespace host {

namespace {
int fd = -1;
bool restored = false;
std::string block;
long newest_msc = 0;

void put(const RecordWriter &r) {
  if (fd >= 0) block += r.line();
}

// One list of fields for both directions.
template <class Io, class P>
void position_fields(Io &io, P &p) {
  io.field(p.ticket).field(p.id).field(p.symbol).field(p.type).field(p.volume).field(p.price).field(p.sl);
  io.field(p.tp).field(p.time_msc).field(p.update_msc).field(p.magic).field(p.comment).field(p.swap);
  io.field(p.reason);
}
template <class Io, class O>
void order_fields(Io &io, O &o) {
  io.field(o.ticket).field(o.symbol).field(o.type).field(o.state).field(o.volume_initial).field(o.volume);
  io.field(o.price).field(o.sl).field(o.tp).field(o.stoplimit).field(o.setup_msc).field(o.done_msc);
  io.field(o.magic).field(o.position).field(o.position_by).field(o.comment).field(o.filling);
  io.field(o.time_type).field(o.reason).field(o.expiration);
}
template <class Io, class D>
void deal_fields(Io &io, D &d) {
  io.field(d.ticket).field(d.order).field(d.position).field(d.symbol).field(d.type).field(d.entry);
  io.field(d.reason).field(d.volume).field(d.price).field(d.commission).field(d.swap).field(d.profit);
  io.field(d.sl).field(d.tp).field(d.time_msc).field(d.magic).field(d.comment);
}
struct Out {
  RecordWriter r;
  template <class T>
  Out &field(const T &v) {
    r << v;
    return *this;
  }
};
struct In {
  RecordReader &r;
  template <class T>
  In &field(T &v) {
    r >> v;
    return *this;
  }
};

void put_order(char kind, const Order &o) {
  Out w{RecordWriter(kind)};
  order_fields(w, o);
  put(w.r);
}

RecordWriter request_record(unsigned id, const mql::MqlTradeRequest &q) {
  RecordWriter r('R');
  r << id << static_cast<int>(q.action) << q.magic << q.order << mql::narrow(q.symbol) << q.volume;
  r << q.price << q.stoplimit << q.sl << q.tp << q.deviation << static_cast<int>(q.type);
  r << static_cast<int>(q.type_filling) << static_cast<int>(q.type_time) << static_cast<long>(q.expiration);
  r << mql::narrow(q.comment) << q.position << q.position_by;
  return r;
}
void read_request(RecordReader &r) {
  mql::MqlTradeRequest q{};
  unsigned id = 0;
  long expiration = 0;
  int action = 0, type = 0, filling = 0, time_type = 0;
  std::string symbol, comment;
  r >> id >> action >> q.magic >> q.order >> symbol >> q.volume >> q.price >> q.stoplimit >> q.sl >> q.tp;
  r >> q.deviation >> type >> filling >> time_type >> expiration >> comment >> q.position >> q.position_by;
  q.action = static_cast<mql::ENUM_TRADE_REQUEST_ACTIONS>(action);
  q.type = static_cast<mql::ENUM_ORDER_TYPE>(type);
  q.type_filling = static_cast<mql::ENUM_ORDER_TYPE_FILLING>(filling);
  q.type_time = static_cast<mql::ENUM_ORDER_TYPE_TIME>(time_type);
  q.expiration = expiration;
  q.symbol = mql::utf8(symbol);
  q.comment = mql::utf8(comment);
  inflight_restore(id, q);
}
template <class T>
void upsert(std::vector<T> &list, const T &x) {
  for (T &old : list)
    if (old.ticket == x.ticket) {
      old = x;
      return;
    }
  list.push_back(x);
}
template <class T>
void drop(std::vector<T> &list, ulong ticket) {
  list.erase(std::remove_if(list.begin(), list.end(), [&](const T &x) { return x.ticket == ticket; }),
             list.end());
}

void apply(const std::string &line) {
  RecordReader r(line);
  In in{r};
  ulong ticket = 0;
  unsigned id = 0;
  Position p;
  Order o;
  Deal d;
  std::string symbol;
  long msc = 0;
  double bid = 0, ask = 0;
  switch (r.kind) {
    case 'P':
      position_fields(in, p);
      upsert(account.positions, p);
      break;
    case 'p':
      r >> ticket;
      drop(account.positions, ticket);
      break;
    case 'O':
      order_fields(in, o);
      upsert(account.orders, o);
      break;
    case 'o':
      r >> ticket;
      drop(account.orders, ticket);
      break;
    case 'H':
      order_fields(in, o);
      account.history.push_back(o);
      break;
    case 'D':
      deal_fields(in, d);
      account.deals.push_back(d);
      newest_msc = std::max(newest_msc, d.time_msc);
      break;
    case 'B': r >> account.balance >> account.credit; break;
    case 'T': r >> next_ticket; break;
    case 'K':
      r >> symbol >> msc >> bid >> ask;
      restore_tick(symbol, msc, bid, ask);
      newest_msc = std::max(newest_msc, msc);
      break;
    case 'R': read_request(r); break;
    case 'r':
      r >> id;
      inflight_forget(id);
      break;
    default: break;
  }
}

// Only blocks that were closed count: a death in the middle of a write undoes the whole change.
bool read_back(const std::string &path) {
  std::ifstream f(path, std::ios::binary);
  std::vector<std::string> pending;
  bool any = false;
  for (std::string line; std::getline(f, line);) {
    if (f.eof()) break;  // no line end: torn
    if (line == "=") {
      for (const std::string &l : pending) apply(l);
      pending.clear();
      any = true;
    } else {
      pending.push_back(line);
    }
  }
  return any;
}
// The whole state in one block, so that the file does not grow with every restart.
void snapshot() {
  ledger_ticket(next_ticket);
  ledger_balance(account.balance, account.credit);
  for (const Position &p : account.positions) ledger_position(p);
  for (const Order &o : account.orders) ledger_order(o);
  for (const Order &o : account.history) ledger_history(o);
  for (const Deal &d : account.deals) ledger_deal(d);
  for (const Symbol &s : symbols())
    for (size_t i = s.ticks.size() - std::min(s.ticks.size(), options.keep_ticks); i < s.ticks.size(); i++)
      ledger_tick(s.name, s.ticks[i].time_msc, s.ticks[i].bid, s.ticks[i].ask);
  inflight_save_all();
  ledger_commit();
}
}  // namespace

std::string ledger_open(const std::string &path) {
  if (path.empty()) return "";
  restored = read_back(path);
  if (restored) clock_not_before(newest_msc);
  const std::string fresh = path + ".new";
  fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return "cannot write " + fresh;
  if (restored) snapshot();
  if (rename(fresh.c_str(), path.c_str()) != 0) return "cannot replace " + path;
  return "";
}
bool ledger_restored() { return restored; }

void ledger_position(const Position &p) {
  Out w{RecordWriter('P')};
  position_fields(w, p);
  put(w.r);
}
void ledger_erase_position(ulong ticket) { put(RecordWriter('p') << ticket); }
void ledger_order(const Order &o) { put_order('O', o); }
void ledger_erase_order(ulong ticket) { put(RecordWriter('o') << ticket); }
void ledger_history(const Order &o) { put_order('H', o); }
void ledger_deal(const Deal &d) {
  Out w{RecordWriter('D')};
  deal_fields(w, d);
  put(w.r);
}
void ledger_balance(double balance, double credit) { put(RecordWriter('B') << balance << credit); }
void ledger_ticket(ulong next) { put(RecordWriter('T') << next); }
void ledger_tick(const std::string &symbol, long time_msc, double bid, double ask) {
  put(RecordWriter('K') << symbol << time_msc << bid << ask);
}
void ledger_request(unsigned id, const mql::MqlTradeRequest &q) { put(request_record(id, q)); }
void ledger_erase_request(unsigned id) { put(RecordWriter('r') << id); }

void ledger_commit() {
  if (block.empty() || fd < 0) return;
  block += "=\n";
  size_t done = 0;
  while (done < block.size()) {
    const ssize_t n = write(fd, block.data() + done, block.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      out_raw("{\"ev\":\"critical\",\"text\":\"the broker's file cannot be written\"}\n");
      _exit(72);
    }
    done += static_cast<size_t>(n);
  }
  block.clear();
}

}  // namespace host
