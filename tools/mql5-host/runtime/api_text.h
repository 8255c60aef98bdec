// api_text.h — strings, formatting and conversions.
#pragma once
#include "lang_array.h"

namespace mql {

// ---- StringFormat: typed arguments, because MetaTrader leaves every mismatch undefined
struct fmtarg {
  enum Kind : uchar { Signed, Unsigned, Float, Text } kind;
  uchar bytes;
  long i;
  double f;
  string s;
};
template <class T>
fmtarg mkarg(const T &v) {
  if constexpr (std::is_base_of_v<string, T>)
    return {fmtarg::Text, 0, 0, 0, v};
  else if constexpr (std::is_same_v<T, datetime>)
    return {fmtarg::Signed, 8, static_cast<long>(v), 0, {}};
  else if constexpr (std::is_same_v<T, color>)
    return {fmtarg::Unsigned, 4, static_cast<long>(static_cast<uint>(v)), 0, {}};
  else if constexpr (std::is_same_v<T, null_t>)
    return {fmtarg::Signed, 4, 0, 0, {}};
  else if constexpr (std::is_floating_point_v<T>)
    return {fmtarg::Float, 8, 0, static_cast<double>(v), {}};
  else if constexpr (std::is_enum_v<T>)
    return {fmtarg::Signed, 4, static_cast<long>(v), 0, {}};
  else if constexpr (std::is_unsigned_v<T>)
    return {fmtarg::Unsigned, static_cast<uchar>(sizeof(T)), static_cast<long>(v), 0, {}};
  else if constexpr (std::is_integral_v<T>)
    return {fmtarg::Signed, static_cast<uchar>(sizeof(T)), static_cast<long>(v), 0, {}};
  else
    static_assert(sizeof(T) == 0, "only values of simple types can be formatted");
}
string format_impl(const string &f, const fmtarg *a, int n);
template <class... A>
string StringFormat(const string &f, const A &...a) {
  fmtarg v[sizeof...(A) + 1] = {mkarg(a)...};
  return format_impl(f, v, static_cast<int>(sizeof...(A)));
}
template <class... A>
void PrintFormat(const string &f, const A &...a) {
  print_line("print", StringFormat(f, a...));
}
template <class... A>
void printf(const string &f, const A &...a) {
  print_line("print", StringFormat(f, a...));
}

// ---- conversions
string CharToString(uchar c);
string ShortToString(ushort c);
string DoubleToString(double v, int digits = 8);
string IntegerToString(long n, int len = 0, ushort fill = ' ');
string TimeToString(datetime v, int mode = TIME_DATE | TIME_MINUTES);
string ColorToString(color c, bool name = false);
datetime StringToTime(string s);
double StringToDouble(string s);
long StringToInteger(string s);
color StringToColor(string s);
double NormalizeDouble(double v, int digits);
uint ColorToARGB(color c, uchar alpha = 255);

int to_bytes(const string &s, std::string &out, uint codepage);
string from_bytes(const char *p, int n, uint codepage);

// Without a count the terminating zero is copied too: the trap of every first HTTP body.
template <class C>
int StringToCharArray(string s, array<C> &a, int start = 0, int count = -1, uint codepage = CP_ACP) {
  static_assert(sizeof(C) == 1, "char/uchar array expected");
  std::string b;
  to_bytes(s, b, codepage);
  if (count < 0)
    b.push_back('\0');
  else if (static_cast<int>(b.size()) > count)
    b.resize(static_cast<size_t>(count));
  const int need = start + static_cast<int>(b.size());
  if (a.size() < need && !a.resize(need))
    b.resize(static_cast<size_t>(a.size() > start ? a.size() - start : 0));
  for (size_t i = 0; i < b.size(); i++) a.raw()[static_cast<size_t>(start) + i] = static_cast<C>(b[i]);
  return static_cast<int>(b.size());
}
template <class C>
string CharArrayToString(const array<C> &a, int start = 0, int count = -1, uint codepage = CP_ACP) {
  static_assert(sizeof(C) == 1, "char/uchar array expected");
  int n = a.size() - start;
  if (count >= 0 && count < n) n = count;
  if (n <= 0 || start < 0) return string(std::u16string());
  const char *p = reinterpret_cast<const char *>(a.raw()) + start;
  int z = 0;
  while (z < n && p[z]) z++;
  return from_bytes(p, z, codepage);
}
int StringToShortArray(string s, array<ushort> &a, int start = 0, int count = -1);
string ShortArrayToString(const array<ushort> &a, int start = 0, int count = -1);

// ---- strings
int StringLen(string s);
int StringBufferLen(string s);
int StringFind(string s, string what, int start = 0);
string StringSubstr(string s, int start, int len = -1);
ushort StringGetCharacter(string s, int pos);
bool StringSetCharacter(string &s, int pos, ushort v);
int StringSplit(const string s, const ushort sep, array<string> &r);
int StringReplace(string &s, const string find, const string with);
int StringTrimLeft(string &s);
int StringTrimRight(string &s);
bool StringToLower(string &s);
bool StringToUpper(string &s);
int StringCompare(const string &a, const string &b, bool case_sensitive = true);
bool StringAdd(string &a, string b);
bool StringInit(string &s, int n = 0, ushort c = 0);
bool StringFill(string &s, ushort c);
bool StringReserve(string &s, uint n);
bool StringSetLength(string &s, uint n);
template <class... A>
int StringConcatenate(string &o, const A &...a) {
  o = join(a...);
  return o.len();
}

}  // namespace mql
