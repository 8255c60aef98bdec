// convert_api.cpp — between numbers, times, colours and strings, as MQL5 prints and reads them.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include "mql_api.h"

namespace mql {

namespace {
tm broken_down(long t) {
  tm m{};
  const time_t v = t;
  gmtime_r(&v, &m);
  return m;
}
}  // namespace

// The shortest text of up to 16 digits that reads back as the same number.
string num2str(double v, int) {
  if (std::isnan(v)) return u"nan"_s;
  if (std::isinf(v)) return v < 0 ? u"-inf"_s : u"inf"_s;
  char b[64];
  snprintf(b, sizeof b, "%.16g", v);
  const bool exact = strtod(b, nullptr) == v;
  for (int digits = 1; exact && digits < 16; digits++) {
    char shorter[64];
    snprintf(shorter, sizeof shorter, "%.*g", digits, v);
    if (strtod(shorter, nullptr) != v || (!strchr(b, 'e') && strchr(shorter, 'e'))) continue;
    memcpy(b, shorter, sizeof b);
    break;
  }
  return ascii(b) + (strpbrk(b, ".en") ? u""_s : u".0"_s);
}
string num2str(float v) {
  char b[64];
  snprintf(b, sizeof b, "%.5f", static_cast<double>(v));
  return ascii(b);
}
string num2str(long v) { return ascii(std::to_string(v).c_str()); }
string num2str(ulong v) { return ascii(std::to_string(v).c_str()); }
string num2str(bool v) { return v ? u"true"_s : u"false"_s; }
string num2str(datetime v) { return TimeToString(v, TIME_DATE | TIME_MINUTES | TIME_SECONDS); }
string num2str(color c) {
  const uint v = c;
  char b[32];
  snprintf(b, sizeof b, "%u,%u,%u", v & 255, v >> 8 & 255, v >> 16 & 255);
  return ascii(b);
}

string::operator bool() const { return s == u"true" || StringToInteger(*this) != 0; }
string::operator char() const { return static_cast<char>(StringToInteger(*this)); }
string::operator uchar() const { return static_cast<uchar>(StringToInteger(*this)); }
string::operator short() const { return static_cast<short>(StringToInteger(*this)); }
string::operator ushort() const { return static_cast<ushort>(StringToInteger(*this)); }
string::operator int() const { return static_cast<int>(StringToInteger(*this)); }
string::operator uint() const { return static_cast<uint>(StringToInteger(*this)); }
string::operator long() const { return StringToInteger(*this); }
string::operator ulong() const { return strtoul(narrow(*this).c_str(), nullptr, 10); }
string::operator float() const { return static_cast<float>(StringToDouble(*this)); }
string::operator double() const { return StringToDouble(*this); }
string::operator datetime() const { return StringToTime(*this); }
string::operator color() const { return StringToColor(*this); }

string CharToString(uchar c) { return string(std::u16string(1, static_cast<char16_t>(c))); }
string ShortToString(ushort c) { return string(std::u16string(1, static_cast<char16_t>(c))); }
string DoubleToString(double v, int digits) {
  char b[400];
  if (digits < -16 || digits > 16) digits = 8;
  if (digits >= 0)
    snprintf(b, sizeof b, "%.*f", digits, v);
  else
    snprintf(b, sizeof b, "%.*e", -digits, v);
  return ascii(b);
}
string IntegerToString(long n, int len, ushort fill) {
  const string s = num2str(n);
  if (s.len() >= len) return s;
  return string(std::u16string(static_cast<size_t>(len - s.len()), static_cast<char16_t>(fill))) + s;
}
string TimeToString(datetime v, int mode) {
  const tm m = broken_down(v);
  char date[40] = "", clock[40] = "";
  if (mode & TIME_DATE)
    snprintf(date, sizeof date, "%04d.%02d.%02d", m.tm_year + 1900, m.tm_mon + 1, m.tm_mday);
  if (mode & TIME_SECONDS)
    snprintf(clock, sizeof clock, "%02d:%02d:%02d", m.tm_hour, m.tm_min, m.tm_sec);
  else if (mode & TIME_MINUTES)
    snprintf(clock, sizeof clock, "%02d:%02d", m.tm_hour, m.tm_min);
  return ascii((std::string(date) + (*date && *clock ? " " : "") + clock).c_str());
}
string ColorToString(color c, bool) { return num2str(c); }
uint ColorToARGB(color c, uchar alpha) {
  const uint v = c;
  return static_cast<uint>(alpha) << 24 | (v & 255) << 16 | (v >> 8 & 255) << 8 | (v >> 16 & 255);
}
color StringToColor(string s) {
  uint r = 0, g = 0, b = 0;
  if (sscanf(narrow(s).c_str(), "%u,%u,%u", &r, &g, &b) != 3) return color(0);
  return color(r | g << 8 | b << 16);
}
datetime StringToTime(string s) {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  const std::string t = narrow(s);
  const char *format = "%d%*[./-]%d%*[./-]%d%*[ T]%d:%d:%d";
  if (sscanf(t.c_str(), format, &year, &month, &day, &hour, &minute, &second) < 3) {
    last_error = ERR_WRONG_STRING_DATE;
    return 0;
  }
  tm m{};
  m.tm_year = year - 1900;
  m.tm_mon = month - 1;
  m.tm_mday = day;
  m.tm_hour = hour;
  m.tm_min = minute;
  m.tm_sec = second;
  return timegm(&m);
}
double StringToDouble(string s) { return strtod(narrow(s).c_str(), nullptr); }
long StringToInteger(string s) { return strtol(narrow(s).c_str(), nullptr, 10); }
double NormalizeDouble(double v, int digits) {
  const double p = ::pow(10, digits);
  return ::round(v * p) / p;
}

bool TimeToStruct(datetime t, MqlDateTime &d) {
  const tm m = broken_down(t);
  d = {m.tm_year + 1900, m.tm_mon + 1, m.tm_mday, m.tm_hour, m.tm_min, m.tm_sec, m.tm_wday, m.tm_yday};
  return true;
}
datetime StructToTime(MqlDateTime &d) {
  tm m{};
  m.tm_year = d.year - 1900;
  m.tm_mon = d.mon - 1;
  m.tm_mday = d.day;
  m.tm_hour = d.hour;
  m.tm_min = d.min;
  m.tm_sec = d.sec;
  return timegm(&m);
}

bool MathIsValidNumber(double v) { return std::isfinite(v); }
ushort MathSwap(ushort v) { return __builtin_bswap16(v); }
uint MathSwap(uint v) { return __builtin_bswap32(v); }
ulong MathSwap(ulong v) { return __builtin_bswap64(v); }
namespace {
uint random_state = 1;
}
int MathRand() {
  random_state = random_state * 214013 + 2531011;
  return static_cast<int>(random_state >> 16 & 32767);
}
void MathSrand(int seed) { random_state = static_cast<uint>(seed); }

}  // namespace mql
