// options.h — the command line of a host, and the switches that a test may flip while it runs.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace host {

struct Options {
  // terminal
  std::string sandbox = "./sandbox", common, symbol = "EURUSD";
  std::vector<std::string> allow;
  std::vector<std::pair<std::string, std::string>> url_map;
  std::map<std::string, std::string> inputs;
  int timer_gran = 16, local_off = 7200, build = 4410;
  long run_ms = 0;
  bool hold = false;
  std::vector<std::string> die_at;
  // clock
  std::string start_time;
  // broker
  std::string broker_file, symbols, ticks_file, company = "Simulated Broker Ltd", server = "Sim-Demo";
  std::string account_name = "Test \"Trader\" Ü", currency = "USD";
  long login = 12345678;
  bool hedging = true;
  unsigned long first_ticket = 5000000001UL;  // > 2^32: catches %d and 32-bit JSON readers
  double balance = 10000, commission = 3.5, leverage = 100, margin_call = 100, stop_out = 50;
  int limit_orders = 200, limit_positions = 0;
  unsigned seed = 1;
  int tick_ms = 40;
  size_t keep_ticks = 5000;           // per symbol in the broker's file; memory keeps 500,000
  std::vector<std::string> commands;  // run before OnInit, as if typed
};
extern Options options;

// Changed by commands while the EA runs.
struct Switches {
  std::atomic<bool> connected{true}, feed{true}, torn{false}, false_readable{false};
  std::atomic<bool> terminal_autotrade{true}, ea_autotrade{true}, account_expert{true}, account_trade{true};
  std::atomic<int> latency{15}, server_off{10800}, dst_off{0};
  std::atomic<int> weekend{0};  // 0 never, 1 by the calendar, 2 now
};
extern Switches switches;

// One lock for all of the broker and the terminal's view of it. It is never held while the EA waits for
// something.
extern std::recursive_mutex broker_lock;
using Locked = std::lock_guard<std::recursive_mutex>;

// 0, or the exit code with which the host ends.
int parse_options(int argc, char **argv);

}  // namespace host
