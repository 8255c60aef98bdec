// api_terminal.h — the program and its terminal: Print, errors, clocks, events, TerminalInfo*, globals.
#pragma once
#include "lang_array.h"

namespace mql {

// ---- what the predefined variables are made of (mql5.h)
extern int last_error;
extern string sym_;
double cur_point();
int cur_digits();
bool IsStopped();
int UninitializeReason();

// ---- output
void print_line(const char *kind, const string &s);
template <class... A>
string join(const A &...a) {
  static_assert(sizeof...(A) <= 64, "at most 64 parameters");
  string s;
  ((s += tostr(a)), ...);
  return s;
}
template <class... A>
void Print(const A &...a) {
  print_line("print", join(a...));
}
template <class... A>
void Alert(const A &...a) {
  print_line("alert", join(a...));
}
void comment_text(const string &s);
template <class... A>
void Comment(const A &...a) {
  comment_text(join(a...));
}
bool SendNotification(string text);
bool SendMail(string subject, string text);
bool SendFTP(string file, string path = string());
bool PlaySound(string file);
int MessageBox(string text, string caption = string(), int flags = 0);
void DebugBreak();

// ---- checkup
int GetLastError();
void ResetLastError();
void SetUserError(ushort e);
void Sleep(int ms);
uint GetTickCount();
ulong GetTickCount64();
ulong GetMicrosecondCount();
void ExpertRemove();
bool TerminalClose(int code);
int TerminalInfoInteger(ENUM_TERMINAL_INFO_INTEGER p);
double TerminalInfoDouble(ENUM_TERMINAL_INFO_DOUBLE p);
string TerminalInfoString(ENUM_TERMINAL_INFO_STRING p);
int MQLInfoInteger(ENUM_MQL_INFO_INTEGER p);
string MQLInfoString(ENUM_MQL_INFO_STRING p);
string Symbol();
ENUM_TIMEFRAMES Period();
int Digits();
double Point();

// ---- memory and pointers
template <class T>
void ZeroMemory(T &x) {
  x = T{};
}
template <class T>
void ZeroMemory(array<T> &x) {
  for (int i = 0; i < x.size(); i++) x[i] = T{};
}
template <class T>
T *GetPointer(T &o) {
  return &o;
}
template <class T>
ENUM_POINTER_TYPE CheckPointer(T *p) {
  return p ? POINTER_DYNAMIC : POINTER_INVALID;
}

// ---- time
datetime TimeCurrent();
datetime TimeCurrent(MqlDateTime &d);
datetime TimeTradeServer();
datetime TimeTradeServer(MqlDateTime &d);
datetime TimeLocal();
datetime TimeLocal(MqlDateTime &d);
datetime TimeGMT();
datetime TimeGMT(MqlDateTime &d);
int TimeGMTOffset();
int TimeDaylightSavings();
bool TimeToStruct(datetime t, MqlDateTime &d);
datetime StructToTime(MqlDateTime &d);

// ---- events
bool EventSetTimer(int seconds);
bool EventSetMillisecondTimer(int ms);
void EventKillTimer();
bool EventChartCustom(long chart, ushort id, long l, double d, string s);

// ---- global variables of the terminal
bool GlobalVariableCheck(string n);
datetime GlobalVariableSet(string n, double v);
double GlobalVariableGet(string n);
bool GlobalVariableGet(string n, double &v);
bool GlobalVariableDel(string n);
bool GlobalVariableTemp(string n);
datetime GlobalVariableTime(string n);
bool GlobalVariableSetOnCondition(string n, double v, double check);
void GlobalVariablesFlush();
int GlobalVariablesTotal();
string GlobalVariableName(int i);
int GlobalVariablesDeleteAll(string prefix = string(), datetime limit = 0);

}  // namespace mql
