// ask.h — a test that decides about each request when it comes, not before.
#pragma once
#include "mql_api.h"

namespace host {

void set_asking(bool on);
// The event `ask` with the whole request, and a wait until the command `go`; at once where nobody asks.
void ask_about(const mql::MqlTradeRequest &q);
void go_on();
// The event `answer`: what the EA is told of it.
void tell_answer(const mql::MqlTradeRequest &q, const mql::MqlTradeResult &r, bool returned);

}  // namespace host
