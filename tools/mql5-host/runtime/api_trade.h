// api_trade.h — orders, positions and history.
#pragma once
#include "lang_array.h"

namespace mql {

MQL_CHECKED bool OrderSend(MqlTradeRequest &q, MqlTradeResult &r);
MQL_CHECKED bool OrderSendAsync(MqlTradeRequest &q, MqlTradeResult &r);
MQL_CHECKED bool OrderCheck(MqlTradeRequest &q, MqlTradeCheckResult &r);
MQL_CHECKED bool OrderCalcMargin(ENUM_ORDER_TYPE a, string s, double v, double price, double &margin);
MQL_CHECKED bool OrderCalcProfit(ENUM_ORDER_TYPE a, string s, double v, double po, double pc,
                                 double &profit);

int PositionsTotal();
string PositionGetSymbol(int i);
ulong PositionGetTicket(int i);
bool PositionSelect(string s);
bool PositionSelectByTicket(ulong t);
double PositionGetDouble(ENUM_POSITION_PROPERTY_DOUBLE p);
long PositionGetInteger(ENUM_POSITION_PROPERTY_INTEGER p);
string PositionGetString(ENUM_POSITION_PROPERTY_STRING p);
bool PositionGetDouble(ENUM_POSITION_PROPERTY_DOUBLE p, double &v);
bool PositionGetInteger(ENUM_POSITION_PROPERTY_INTEGER p, long &v);
bool PositionGetString(ENUM_POSITION_PROPERTY_STRING p, string &v);

int OrdersTotal();
ulong OrderGetTicket(int i);
bool OrderSelect(ulong t);
double OrderGetDouble(ENUM_ORDER_PROPERTY_DOUBLE p);
long OrderGetInteger(ENUM_ORDER_PROPERTY_INTEGER p);
string OrderGetString(ENUM_ORDER_PROPERTY_STRING p);
bool OrderGetDouble(ENUM_ORDER_PROPERTY_DOUBLE p, double &v);
bool OrderGetInteger(ENUM_ORDER_PROPERTY_INTEGER p, long &v);
bool OrderGetString(ENUM_ORDER_PROPERTY_STRING p, string &v);

bool HistorySelect(datetime from, datetime to);
bool HistorySelectByPosition(long id);
int HistoryOrdersTotal();
bool HistoryOrderSelect(ulong t);
ulong HistoryOrderGetTicket(int i);
double HistoryOrderGetDouble(ulong t, ENUM_ORDER_PROPERTY_DOUBLE p);
long HistoryOrderGetInteger(ulong t, ENUM_ORDER_PROPERTY_INTEGER p);
string HistoryOrderGetString(ulong t, ENUM_ORDER_PROPERTY_STRING p);
bool HistoryOrderGetDouble(ulong t, ENUM_ORDER_PROPERTY_DOUBLE p, double &v);
bool HistoryOrderGetInteger(ulong t, ENUM_ORDER_PROPERTY_INTEGER p, long &v);
bool HistoryOrderGetString(ulong t, ENUM_ORDER_PROPERTY_STRING p, string &v);
int HistoryDealsTotal();
bool HistoryDealSelect(ulong t);
ulong HistoryDealGetTicket(int i);
double HistoryDealGetDouble(ulong t, ENUM_DEAL_PROPERTY_DOUBLE p);
long HistoryDealGetInteger(ulong t, ENUM_DEAL_PROPERTY_INTEGER p);
string HistoryDealGetString(ulong t, ENUM_DEAL_PROPERTY_STRING p);
bool HistoryDealGetDouble(ulong t, ENUM_DEAL_PROPERTY_DOUBLE p, double &v);
bool HistoryDealGetInteger(ulong t, ENUM_DEAL_PROPERTY_INTEGER p, long &v);
bool HistoryDealGetString(ulong t, ENUM_DEAL_PROPERTY_STRING p, string &v);

}  // namespace mql
