// lang_string.h — the MQL5 string: UTF-16, a value, with a NULL state and only the conversions it has.
#pragma once
#include "lang_core.h"

namespace mql {

class string {
  std::u16string s;
  bool nul = true;

 public:
  string() = default;
  string(std::u16string x) : s(std::move(x)), nul(false) {}
  string(const char16_t *x, size_t n) : s(x, n), nul(false) {}
  string(null_t) {}
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T> || std::is_enum_v<T>>>
  MQL_IMPLICIT("implicit conversion of a number to a string (181)")
  string(T v);
  MQL_IMPLICIT("implicit conversion of a datetime to a string (181)")
  string(datetime v);

  const std::u16string &u() const { return s; }
  std::u16string &w() {
    nul = false;
    return s;
  }
  bool isnull() const { return nul; }
  int len() const { return static_cast<int>(s.size()); }
  string &operator+=(const string &o) {
    s += o.s;
    nul = false;
    return *this;
  }
  ushort operator[](int i) const { return i < 0 || i >= len() ? ushort{0} : s[static_cast<size_t>(i)]; }

  explicit operator bool() const;
  explicit operator char() const;
  explicit operator uchar() const;
  explicit operator short() const;
  explicit operator ushort() const;
  explicit operator int() const;
  explicit operator uint() const;
  explicit operator long() const;
  explicit operator ulong() const;
  explicit operator float() const;
  explicit operator double() const;
  explicit operator datetime() const;
  explicit operator color() const;

  friend string operator+(const string &a, const string &b) {
    string r;
    r.s.reserve(a.s.size() + b.s.size());
    r.s = a.s;
    r.s += b.s;
    r.nul = false;
    return r;
  }
  friend bool operator==(const string &a, const string &b) { return a.s == b.s; }
  friend bool operator!=(const string &a, const string &b) { return a.s != b.s; }
  // "" is not NULL: only a string that was never set is.
  friend bool operator==(const string &a, null_t) { return a.nul; }
  friend bool operator!=(const string &a, null_t) { return !a.nul; }
  friend bool operator<(const string &a, const string &b) { return a.s < b.s; }
  friend bool operator>(const string &a, const string &b) { return a.s > b.s; }
  friend bool operator<=(const string &a, const string &b) { return a.s <= b.s; }
  friend bool operator>=(const string &a, const string &b) { return a.s >= b.s; }
};

inline string operator""_s(const char16_t *p, size_t n) { return string(p, n); }

string ascii(const char *p);
string utf8(const std::string &p);
std::string narrow(const string &s);
// "Class::Method", from what g++ knows about the function.
string fnname(const char *pretty);

string num2str(double v, int digits = 16);
string num2str(float v);
string num2str(long v);
string num2str(ulong v);
string num2str(bool v);
string num2str(datetime v);
string num2str(color v);

// How Print and (string) show a value of a simple type.
template <class T>
string tostr(const T &v) {
  if constexpr (std::is_base_of_v<string, T>)
    return v;
  else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, datetime> || std::is_same_v<T, color> ||
                     std::is_same_v<T, double> || std::is_same_v<T, float>)
    return num2str(v);
  else if constexpr (std::is_enum_v<T>)
    return num2str(static_cast<long>(v));
  else if constexpr (std::is_unsigned_v<T>)
    return num2str(static_cast<ulong>(v));
  else if constexpr (std::is_integral_v<T>)
    return num2str(static_cast<long>(v));
  else if constexpr (std::is_same_v<T, null_t>)
    return string();
  else
    static_assert(sizeof(T) == 0, "Print/format: arrays, structures and objects are not allowed");
}

template <class T, class X>
string::string(T v) : string(tostr(v)) {}
inline string::string(datetime v) : string(num2str(v)) {}

// The target of (string)x and string(x): the conversion that is written out is no warning.
struct xstring : string {
  template <class T>
  explicit xstring(const T &v) : string(tostr(v)) {}
};

}  // namespace mql
