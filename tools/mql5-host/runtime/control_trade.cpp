// control_trade.cpp — a person at the terminal: opens, closes, modifies, deposits. Reasons are CLIENT.
#include "control.h"
#include "broker.h"
#include "clock.h"
#include "options.h"
#include "output.h"

namespace host {

using namespace mql;

namespace {
const std::string kTrue = "true", kFalse = "false";

ulong hand_magic = 0;  // as if another EA had done it

ENUM_ORDER_TYPE_FILLING filling_of(const Symbol &s) {
  return s.filling & SYMBOL_FILLING_FOK ? ORDER_FILLING_FOK : ORDER_FILLING_IOC;
}
// The reply of a request: true, or the retcode that refused it.
std::string send(MqlTradeRequest q, bool tell_ticket = false) {
  MqlTradeResult r{};
  q.magic = hand_magic;
  const uint rc = execute(q, r, ORDER_REASON_CLIENT, 0);
  if (rc != TRADE_RETCODE_DONE) return Json().add("error", retcode_name(rc)).add("retcode", rc).object();
  return tell_ticket ? json_id(r.order) : kTrue;
}
std::string open(Words &w) {
  const std::string symbol = w.text();
  const long type = w.integer();
  MqlTradeRequest q{};
  q.action = TRADE_ACTION_DEAL;
  q.type = static_cast<ENUM_ORDER_TYPE>(type);
  q.volume = w.number();
  q.sl = w.number_or(0);
  q.tp = w.number_or(0);
  const Symbol *s = find_symbol(symbol);
  if (w.missing) return "";
  if (!s) return kFalse;
  const std::string comment = w.rest();
  q.comment = utf8(comment.empty() ? "manual" : comment);
  q.symbol = utf8(symbol);
  q.type_filling = filling_of(*s);
  return send(q, true);
}
std::string pending(Words &w) {
  const std::string symbol = w.text();
  const long type = w.integer();
  MqlTradeRequest q{};
  q.action = TRADE_ACTION_PENDING;
  q.type = static_cast<ENUM_ORDER_TYPE>(type);
  q.symbol = utf8(symbol);
  q.volume = w.number();
  q.price = w.number();
  q.sl = w.number_or(0);
  q.tp = w.number_or(0);
  q.stoplimit = w.number_or(0);
  return w.missing ? "" : send(q, true);
}
std::string close(Words &w) {
  const ulong ticket = w.id();
  const double volume = w.number_or(0);
  const Position *p = find_position(ticket);
  if (w.missing) return "";
  if (!p) return kFalse;
  MqlTradeRequest q{};
  q.action = TRADE_ACTION_DEAL;
  q.symbol = utf8(p->symbol);
  q.position = ticket;
  q.type = p->type == POSITION_TYPE_BUY ? ORDER_TYPE_SELL : ORDER_TYPE_BUY;
  q.volume = volume > 0 ? volume : p->volume;
  q.type_filling = filling_of(*find_symbol(p->symbol));
  return send(q);
}
std::string close_by_hand(Words &w) {
  MqlTradeRequest q{};
  q.action = TRADE_ACTION_CLOSE_BY;
  q.position = w.id();
  q.position_by = w.id();
  return w.missing ? "" : send(q);
}
std::string modify(Words &w) {
  MqlTradeRequest q{};
  q.action = TRADE_ACTION_SLTP;
  q.position = w.id();
  q.sl = w.number();
  q.tp = w.number();
  if (w.missing) return "";
  return find_position(q.position) ? send(q) : kFalse;
}
std::string modify_order(Words &w) {
  MqlTradeRequest q{};
  q.action = TRADE_ACTION_MODIFY;
  q.order = w.id();
  q.price = w.number();
  q.sl = w.number_or(0);
  q.tp = w.number_or(0);
  const Order *o = find_order(q.order);
  if (w.missing) return "";
  if (!o) return kFalse;
  q.type_time = static_cast<ENUM_ORDER_TYPE_TIME>(o->time_type);
  q.expiration = o->expiration;
  q.stoplimit = o->stoplimit;
  return send(q);
}
std::string remove(Words &w) {
  MqlTradeRequest q{};
  q.action = TRADE_ACTION_REMOVE;
  q.order = w.id();
  if (w.missing) return "";
  return find_order(q.order) ? send(q) : kFalse;
}
std::string money(Words &w, int type, const char *comment) {
  Deal d;
  d.type = type;
  d.profit = w.number();
  if (w.missing) return "";
  d.comment = comment;
  d.reason = DEAL_REASON_CLIENT;
  tell_deal(add_deal(d));
  tell_trade();
  return kTrue;
}
std::string swap(Words &w) {
  rollover(static_cast<int>(w.integer_or(1)));
  return kTrue;
}
}  // namespace

const Commands &trade_commands() {
  static const Commands c = {
      {"open", "SYM TYPE VOLUME [SL TP [COMMENT]]", open},
      {"pending", "SYM TYPE VOLUME PRICE [SL TP [STOPLIMIT]]", pending},
      {"close", "TICKET [VOLUME]", close},
      {"close-by", "TICKET TICKET", close_by_hand},
      {"modify", "TICKET SL TP", modify},
      {"modify-order", "TICKET PRICE [SL TP]", modify_order},
      {"remove", "TICKET", remove},
      {"deposit", "AMOUNT", [](Words &w) { return money(w, DEAL_TYPE_BALANCE, "deposit"); }},
      {"credit", "AMOUNT", [](Words &w) { return money(w, DEAL_TYPE_CREDIT, "credit"); }},
      {"swap", "[DAYS]", swap},
      {"state", "", [](Words &) { return state_json(); }},
      {"hand-magic", "MAGIC (of what is opened by hand from now on)",
       [](Words &w) {
         hand_magic = w.id();
         return kTrue;
       }},
  };
  return c;
}

}  // namespace host
