// options.cpp — reads the command line; an unknown option ends the host with the list of those it has.
#include "options.h"
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace host {

Options options;
Switches switches;
std::recursive_mutex broker_lock;

namespace {

using Setter = std::function<void(const std::string &)>;
struct Option {
  const char *name, *value, *help;
  Setter set;
};

std::pair<std::string, std::string> split(const std::string &s) {
  const size_t e = s.find('=');
  if (e == std::string::npos) return {s, ""};
  return {s.substr(0, e), s.substr(e + 1)};
}
Setter text(std::string &to) {
  return [&to](const std::string &v) { to = v; };
}
template <class T>
Setter integer(T &to) {
  return [&to](const std::string &v) { to = static_cast<T>(strtol(v.c_str(), nullptr, 10)); };
}
Setter number(double &to) {
  return [&to](const std::string &v) { to = strtod(v.c_str(), nullptr); };
}
int weekend_mode(const std::string &v) { return v == "on" ? 2 : v == "auto" ? 1 : 0; }

const std::vector<Option> &table() {
  Options &o = options;
  static const std::vector<Option> t = {
      {"--sandbox", "DIR", "the terminal's data folder", text(o.sandbox)},
      {"--common", "DIR", "the folder of FILE_COMMON (default SANDBOX/Common)", text(o.common)},
      {"--allow", "URL", "an address of the allow list; repeatable; none: all",
       [&o](auto &v) { o.allow.push_back(v); }},
      {"--map", "FROM=TO", "redirects an address that the EA has hard-coded; repeatable",
       [&o](auto &v) { o.url_map.push_back(split(v)); }},
      {"--input", "NAME=VALUE", "sets an input; repeatable",
       [&o](auto &v) { o.inputs.insert_or_assign(split(v).first, split(v).second); }},
      {"--symbol", "NAME", "the symbol of the chart", text(o.symbol)},
      {"--timer-gran", "MS", "the finest timer", integer(o.timer_gran)},
      {"--local-offset", "SECONDS", "the PC's time zone", integer(o.local_off)},
      {"--build", "N", "TERMINAL_BUILD", integer(o.build)},
      {"--run-ms", "MS", "ends by itself (REASON_REMOVE), also with stdin closed", integer(o.run_ms)},
      {"--die-at", "\"NAME[:before|:sent|:after] K\"", "as the command die-at; repeatable",
       [&o](auto &v) { o.die_at.push_back(v); }},
      {"--torn", nullptr, "a death leaves half of what was not flushed",
       [](auto &) { switches.torn = true; }},
      {"--time", "\"YYYY.MM.DD hh:mm:ss\"", "the time (GMT) at which the host begins", text(o.start_time)},
      {"--server-offset", "SECONDS", "the broker's time zone",
       [](auto &v) { switches.server_off = atoi(v.c_str()); }},
      {"--broker", "FILE", "the broker's journal: the account survives the host", text(o.broker_file)},
      {"--symbols", "FILE|NAMES", "more symbols; see symbol_file.cpp", text(o.symbols)},
      {"--ticks", "FILE", "CSV of ticks (SYMBOL,time_ms,bid,ask or time_ms,bid,ask) instead of the walk",
       text(o.ticks_file)},
      {"--keep-ticks", "N", "ticks of a symbol that survive a restart", integer(o.keep_ticks)},
      {"--company", "TEXT", "ACCOUNT_COMPANY", text(o.company)},
      {"--server", "TEXT", "ACCOUNT_SERVER", text(o.server)},
      {"--name", "TEXT", "ACCOUNT_NAME", text(o.account_name)},
      {"--currency", "CCY", "ACCOUNT_CURRENCY", text(o.currency)},
      {"--login", "N", "ACCOUNT_LOGIN", integer(o.login)},
      {"--netting", nullptr, "a netting account", [&o](auto &) { o.hedging = false; }},
      {"--first-ticket", "N", "where tickets begin",
       [&o](auto &v) { o.first_ticket = strtoul(v.c_str(), nullptr, 10); }},
      {"--balance", "X", "the initial deposit", number(o.balance)},
      {"--commission", "X", "per lot and deal", number(o.commission)},
      {"--leverage", "X", "ACCOUNT_LEVERAGE", number(o.leverage)},
      {"--margin-call", "PERCENT", "margin level of the call", number(o.margin_call)},
      {"--stop-out", "PERCENT", "margin level at which the broker closes", number(o.stop_out)},
      {"--limit-orders", "N", "ACCOUNT_LIMIT_ORDERS", integer(o.limit_orders)},
      {"--limit-positions", "N", "the most open positions; 0: no limit", integer(o.limit_positions)},
      {"--seed", "N", "of the price walk", integer(o.seed)},
      {"--tick-ms", "MS", "between the steps of the walk", integer(o.tick_ms)},
      {"--no-feed", nullptr, "no ticks but those that commands make",
       [](auto &) { switches.feed = false; }},
      {"--hold", nullptr, "OnInit waits for the command begin; the broker is there before",
       [](auto &) { options.hold = true; }},
      {"--weekend", "off|auto|on", "no ticks and a closed market",
       [](auto &v) { switches.weekend = weekend_mode(v); }},
      {"--latency", "MS", "from OrderSend to the broker",
       [](auto &v) { switches.latency = atoi(v.c_str()); }},
      {"--do", "\"COMMAND\"", "a control command, run before OnInit; repeatable",
       [&o](auto &v) { o.commands.push_back(v); }},
  };
  return t;
}

int usage(const std::string &unknown) {
  fprintf(stderr, "unknown option %s; the host has:\n", unknown.c_str());
  for (const Option &o : table())
    fprintf(stderr, "  %s %s\n      %s\n", o.name, o.value ? o.value : "", o.help);
  return 2;
}

}  // namespace

int parse_options(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const Option *found = nullptr;
    for (const Option &o : table())
      if (argv[i] == std::string(o.name)) found = &o;
    if (!found) return usage(argv[i]);
    if (found->value && i + 1 >= argc) {
      fprintf(stderr, "%s needs a value: %s\n", found->name, found->value);
      return 2;
    }
    found->set(found->value ? argv[++i] : "");
  }
  if (options.common.empty()) options.common = options.sandbox + "/Common";
  return 0;
}

}  // namespace host
