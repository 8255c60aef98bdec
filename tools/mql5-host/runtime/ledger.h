// ledger.h — the broker's journal: an append-only file that carries the account over the death of the host.
#pragma once
#include <string>
#include "account.h"

namespace host {

// Reads FILE back (a torn tail is dropped) and goes on writing it; "" or what is wrong.
std::string ledger_open(const std::string &path);
bool ledger_restored();  // the account came from the file

// Records collect under broker_lock until ledger_commit writes them in one write(2): all of a change, or
// nothing.
void ledger_position(const Position &p);
void ledger_erase_position(ulong ticket);
void ledger_order(const Order &o);
void ledger_erase_order(ulong ticket);
void ledger_history(const Order &o);
void ledger_deal(const Deal &d);
void ledger_balance(double balance, double credit);
void ledger_ticket(ulong next);
void ledger_tick(const std::string &symbol, long time_msc, double bid, double ask);
void ledger_request(unsigned id, const mql::MqlTradeRequest &q);
void ledger_erase_request(unsigned id);
void ledger_commit();

}  // namespace host
