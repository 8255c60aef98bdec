// api.h — the API surface that the host offers, by topic. What is not here does not compile or link.
#pragma once
#include "api_terminal.h"
#include "api_text.h"
#include "api_array.h"
#include "api_math.h"
#include "api_market.h"
#include "api_trade.h"
#include "api_files.h"
#include "api_net.h"
#include "api_chart.h"

namespace mql {
// The entry points, filled in by the generated main; nullptr where the EA has no such handler.
struct Handlers {
  int (*init)();
  void (*deinit)(int);
  void (*tick)();
  void (*timer)();
  void (*trade)();
  void (*trans)(const MqlTradeTransaction &, const MqlTradeRequest &, const MqlTradeResult &);
  void (*chart)(int, const long &, const double &, const string &);
};
extern Handlers handlers;
int host_main(int argc, char **argv);
}  // namespace mql
