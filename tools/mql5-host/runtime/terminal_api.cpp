// terminal_api.cpp — Print, errors, clocks and what the terminal says about itself.
#include <cstdarg>
#include <cstdio>
#include <unistd.h>
#include "clock.h"
#include "death.h"
#include "files.h"
#include "options.h"
#include "output.h"
#include "panel.h"
#include "queue.h"
#include "symbols.h"

namespace mql {
using host::Json;
using host::options;
using host::out;
using host::switches;

int last_error = 0;
string sym_;
Handlers handlers{};

// The terminal goes on living: it closes the files of the EA that it stopped.
void critical(const char *what) {
  out("critical", Json().add("text", what));
  host::close_all_files();
  host::globals_save();
  _exit(70);
}
void diag(const char *f, ...) {
  char b[1024];
  va_list a;
  va_start(a, f);
  vsnprintf(b, sizeof b, f, a);
  va_end(a);
  host::count("diag");
  out("diag", Json().add("text", b));
}
void print_line(const char *kind, const string &s) { out(kind, Json().add("text", s)); }
void comment_text(const string &s) {
  if (host::panel_comment(narrow(s))) print_line("comment", s);
}
bool SendNotification(string text) {
  if (text.len() > 255) {
    last_error = ERR_NOTIFICATION_SEND_FAILED;
    return false;
  }
  print_line("notify", text);
  return true;
}
bool SendMail(string subject, string text) {
  out("mail", Json().add("subject", subject).add("text", text));
  return true;
}
bool SendFTP(string, string) { return false; }
bool PlaySound(string file) {
  print_line("sound", file);
  return true;
}
int MessageBox(string text, string caption, int) {
  out("messagebox", Json().add("caption", caption).add("text", text));
  return 1;
}
void DebugBreak() {}

int GetLastError() { return last_error; }
void ResetLastError() { last_error = 0; }
void SetUserError(ushort e) { last_error = ERR_USER_ERROR_FIRST + e; }
void Sleep(int ms) {
  const long until = host::mono_ms() + ms;
  for (long left = ms; left > 0 && !IsStopped(); left = until - host::mono_ms())
    usleep(static_cast<useconds_t>(left < 5 ? left : 5) * 1000u);
}
// Windows counts since the PC was started: a jump of the PC's clock does not move it.
ulong GetTickCount64() { return static_cast<ulong>(host::mono_ms()); }
uint GetTickCount() { return static_cast<uint>(host::mono_ms()); }
ulong GetMicrosecondCount() {
  static const long start = host::mono_us();
  return static_cast<ulong>(host::mono_us() - start);
}

datetime TimeCurrent() {
  host::Locked l(host::broker_lock);
  return host::last_seen_tick_msc() / 1000;
}
// Computed from the PC's clock: it jumps with it.
datetime TimeTradeServer() { return host::pc_ms() / 1000 + host::server_offset_s(); }
datetime TimeGMT() { return host::pc_ms() / 1000; }
datetime TimeLocal() { return host::pc_ms() / 1000 + options.local_off; }
int TimeGMTOffset() { return -options.local_off; }
int TimeDaylightSavings() { return 0; }
namespace {
datetime with_struct(datetime t, MqlDateTime &d) {
  TimeToStruct(t, d);
  return t;
}
}  // namespace
datetime TimeCurrent(MqlDateTime &d) { return with_struct(TimeCurrent(), d); }
datetime TimeTradeServer(MqlDateTime &d) { return with_struct(TimeTradeServer(), d); }
datetime TimeLocal(MqlDateTime &d) { return with_struct(TimeLocal(), d); }
datetime TimeGMT(MqlDateTime &d) { return with_struct(TimeGMT(), d); }

int TerminalInfoInteger(ENUM_TERMINAL_INFO_INTEGER p) {
  switch (p) {
    case TERMINAL_CONNECTED: return switches.connected;
    case TERMINAL_TRADE_ALLOWED: return switches.terminal_autotrade;
    case TERMINAL_BUILD: return options.build;
    case TERMINAL_X64: return 1;
    case TERMINAL_PING_LAST: return switches.latency * 1000;
    case TERMINAL_CPU_CORES: return 2;
    case TERMINAL_MAXBARS: return 100000;
    case TERMINAL_MEMORY_PHYSICAL:
    case TERMINAL_MEMORY_TOTAL:
    case TERMINAL_MEMORY_AVAILABLE:
    case TERMINAL_DISK_SPACE: return 8192;
    case TERMINAL_NOTIFICATIONS_ENABLED: return 1;
    default: return 0;
  }
}
double TerminalInfoDouble(ENUM_TERMINAL_INFO_DOUBLE) { return 0; }
string TerminalInfoString(ENUM_TERMINAL_INFO_STRING p) {
  switch (p) {
    case TERMINAL_NAME: return u"MQL5 host"_s;
    case TERMINAL_COMPANY: return u"ngTradingBot"_s;
    case TERMINAL_LANGUAGE: return u"English"_s;
    case TERMINAL_PATH:
    case TERMINAL_DATA_PATH: return utf8(options.sandbox);
    case TERMINAL_COMMONDATA_PATH: return utf8(options.common);
  }
  return u""_s;
}
int MQLInfoInteger(ENUM_MQL_INFO_INTEGER p) {
  switch (p) {
    case MQL_PROGRAM_TYPE: return PROGRAM_EXPERT;
    case MQL_TRADE_ALLOWED: return switches.ea_autotrade && switches.terminal_autotrade;
    case MQL_MEMORY_LIMIT: return 4096;
    default: return 0;
  }
}
string MQLInfoString(ENUM_MQL_INFO_STRING p) {
  return p == MQL_PROGRAM_NAME ? u"ea"_s : u"MQL5\\Experts\\ea.ex5"_s;
}

}  // namespace mql
