// inflight.h — requests between terminal and broker. They arrive although the terminal is gone.
#pragma once
#include "mql_api.h"

namespace host {

// Sends and waits for the answer (sync), or returns at once (async).
bool send_order(mql::MqlTradeRequest &q, mql::MqlTradeResult &r, bool async, const char *function);
// Broker thread: acts on what has arrived.
void inflight_step();

// ---- for the broker's file
void inflight_restore(unsigned id, const mql::MqlTradeRequest &q);
void inflight_forget(unsigned id);
void inflight_save_all();

}  // namespace host
