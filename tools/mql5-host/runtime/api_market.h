// api_market.h — account, symbols, ticks and bars.
#pragma once
#include "lang_array.h"

namespace mql {

double AccountInfoDouble(ENUM_ACCOUNT_INFO_DOUBLE p);
long AccountInfoInteger(ENUM_ACCOUNT_INFO_INTEGER p);
string AccountInfoString(ENUM_ACCOUNT_INFO_STRING p);

int SymbolsTotal(bool selected);
string SymbolName(int i, bool selected);
bool SymbolSelect(string s, bool select);
bool SymbolExist(string s, bool &custom);
bool SymbolIsSynchronized(string s);
double SymbolInfoDouble(string s, ENUM_SYMBOL_INFO_DOUBLE p);
long SymbolInfoInteger(string s, ENUM_SYMBOL_INFO_INTEGER p);
string SymbolInfoString(string s, ENUM_SYMBOL_INFO_STRING p);
bool SymbolInfoDouble(string s, ENUM_SYMBOL_INFO_DOUBLE p, double &v);
bool SymbolInfoInteger(string s, ENUM_SYMBOL_INFO_INTEGER p, long &v);
bool SymbolInfoString(string s, ENUM_SYMBOL_INFO_STRING p, string &v);
bool SymbolInfoTick(string s, MqlTick &t);
bool SymbolInfoSessionTrade(string s, ENUM_DAY_OF_WEEK d, uint i, datetime &from, datetime &to);
bool SymbolInfoSessionQuote(string s, ENUM_DAY_OF_WEEK d, uint i, datetime &from, datetime &to);
bool MarketBookAdd(string s);
bool MarketBookRelease(string s);

int CopyTicks(string s, array<MqlTick> &a, uint flags = COPY_TICKS_ALL, ulong from = 0, uint count = 0);
int CopyTicksRange(string s, array<MqlTick> &a, uint flags = COPY_TICKS_ALL, ulong from = 0, ulong to = 0);
int CopyRates(string s, ENUM_TIMEFRAMES tf, int start, int count, array<MqlRates> &r);
int CopyRates(string s, ENUM_TIMEFRAMES tf, datetime from, int count, array<MqlRates> &r);
int CopyRates(string s, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<MqlRates> &r);
int CopyTime(string s, ENUM_TIMEFRAMES tf, int start, int count, array<datetime> &a);
int CopyTime(string s, ENUM_TIMEFRAMES tf, datetime from, int count, array<datetime> &a);
int CopyTime(string s, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<datetime> &a);
int CopyOpen(string s, ENUM_TIMEFRAMES tf, int start, int count, array<double> &a);
int CopyOpen(string s, ENUM_TIMEFRAMES tf, datetime from, int count, array<double> &a);
int CopyOpen(string s, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<double> &a);
int CopyHigh(string s, ENUM_TIMEFRAMES tf, int start, int count, array<double> &a);
int CopyHigh(string s, ENUM_TIMEFRAMES tf, datetime from, int count, array<double> &a);
int CopyHigh(string s, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<double> &a);
int CopyLow(string s, ENUM_TIMEFRAMES tf, int start, int count, array<double> &a);
int CopyLow(string s, ENUM_TIMEFRAMES tf, datetime from, int count, array<double> &a);
int CopyLow(string s, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<double> &a);
int CopyClose(string s, ENUM_TIMEFRAMES tf, int start, int count, array<double> &a);
int CopyClose(string s, ENUM_TIMEFRAMES tf, datetime from, int count, array<double> &a);
int CopyClose(string s, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<double> &a);
int CopyTickVolume(string s, ENUM_TIMEFRAMES tf, int start, int count, array<long> &a);
int CopyTickVolume(string s, ENUM_TIMEFRAMES tf, datetime from, int count, array<long> &a);
int CopyTickVolume(string s, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<long> &a);
int CopyRealVolume(string s, ENUM_TIMEFRAMES tf, int start, int count, array<long> &a);
int CopyRealVolume(string s, ENUM_TIMEFRAMES tf, datetime from, int count, array<long> &a);
int CopyRealVolume(string s, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<long> &a);
int CopySpread(string s, ENUM_TIMEFRAMES tf, int start, int count, array<int> &a);
int CopySpread(string s, ENUM_TIMEFRAMES tf, datetime from, int count, array<int> &a);
int CopySpread(string s, ENUM_TIMEFRAMES tf, datetime from, datetime to, array<int> &a);
int Bars(string s, ENUM_TIMEFRAMES tf);
int iBars(string s, ENUM_TIMEFRAMES tf);
int iBarShift(string s, ENUM_TIMEFRAMES tf, datetime t, bool exact = false);
datetime iTime(string s, ENUM_TIMEFRAMES tf, int shift);
double iOpen(string s, ENUM_TIMEFRAMES tf, int shift);
double iHigh(string s, ENUM_TIMEFRAMES tf, int shift);
double iLow(string s, ENUM_TIMEFRAMES tf, int shift);
double iClose(string s, ENUM_TIMEFRAMES tf, int shift);
long iVolume(string s, ENUM_TIMEFRAMES tf, int shift);
long iTickVolume(string s, ENUM_TIMEFRAMES tf, int shift);
long iRealVolume(string s, ENUM_TIMEFRAMES tf, int shift);
int iSpread(string s, ENUM_TIMEFRAMES tf, int shift);
int iHighest(string s, ENUM_TIMEFRAMES tf, ENUM_SERIESMODE mode, int count = WHOLE_ARRAY, int start = 0);
int iLowest(string s, ENUM_TIMEFRAMES tf, ENUM_SERIESMODE mode, int count = WHOLE_ARRAY, int start = 0);
long SeriesInfoInteger(string s, ENUM_TIMEFRAMES tf, ENUM_SERIES_INFO_INTEGER p);
bool SeriesInfoInteger(string s, ENUM_TIMEFRAMES tf, ENUM_SERIES_INFO_INTEGER p, long &v);
int PeriodSeconds(ENUM_TIMEFRAMES tf = PERIOD_CURRENT);

}  // namespace mql
