// format.cpp — StringFormat. A mismatch of specifier and argument is told: MetaTrader leaves it undefined.
#include <cstdio>
#include <cstring>
#include "mql_api.h"

namespace mql {

namespace {

struct Spec {
  std::string flags = "%", whole;
  int bits = 32;
  char type = 0;
};

class Formatter {
  const std::string f;
  const fmtarg *args;
  const int n;
  int next = 0;
  size_t i = 0;
  std::string o;

 public:
  Formatter(std::string format, const fmtarg *a, int count) : f(std::move(format)), args(a), n(count) {}

  std::string run() {
    for (; i < f.size(); i++) {
      if (f[i] != '%') {
        o += f[i];
      } else if (i + 1 < f.size() && f[i + 1] == '%') {
        o += '%';
        i++;
      } else {
        one(read_spec());
      }
    }
    if (next < n) {
      diag("format has %d parameter(s) more than specifiers (5039) in \"%.80s\"", n - next, f.c_str());
      last_error = ERR_TOO_MANY_PARAMETERS;
    }
    return o;
  }

 private:
  char at() const { return i < f.size() ? f[i] : '\0'; }

  void number_or_star(std::string &to) {
    if (at() == '*') {
      to += std::to_string(next < n ? args[next].i : 0);
      next++;
      i++;
    }
    while (at() >= '0' && at() <= '9') to += f[i++];
  }
  Spec read_spec() {
    Spec s;
    const size_t begin = i++;
    while (at() && strchr("-+ 0#", at())) s.flags += f[i++];
    number_or_star(s.flags);
    if (at() == '.') {
      s.flags += f[i++];
      number_or_star(s.flags);
    }
    if (f.compare(i, 3, "I64") == 0) {
      s.bits = 64;
      i += 3;
    } else if (f.compare(i, 3, "I32") == 0) {
      i += 3;
    } else if (f.compare(i, 2, "ll") == 0) {
      s.bits = 64;
      i += 2;
    } else if (at() == 'l') {  // 32 bits, as on Windows
      i++;
    } else if (at() == 'h') {
      s.bits = 16;
      i++;
    }
    s.type = at();
    s.whole = f.substr(begin, i - begin + 1);
    return s;
  }

  template <class V>
  void print(const Spec &s, const char *length, V v) {
    char buf[512];
    const std::string format = s.flags + length + s.type;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(buf, sizeof buf, format.c_str(), v);
#pragma GCC diagnostic pop
    o += buf;
  }
  void integer(const Spec &s, const fmtarg &a) {
    if (a.kind == fmtarg::Float || a.kind == fmtarg::Text) {
      diag("format '%s' got a %s argument: undefined result in \"%.80s\"", s.whole.c_str(),
           a.kind == fmtarg::Float ? "double" : "string", f.c_str());
      o += '0';
      return;
    }
    if (a.bytes > 4 && s.bits < 64)
      diag("format '%s' got a 64-bit argument (value %ld): result is cut to 32 bits in \"%.80s\"",
           s.whole.c_str(), a.i, f.c_str());
    const bool is_signed = s.type == 'd' || s.type == 'i';
    long x = a.i;
    if (s.bits == 32)
      x = is_signed ? static_cast<long>(static_cast<int>(x)) : static_cast<long>(static_cast<uint>(x));
    if (s.bits == 16)
      x = is_signed ? static_cast<long>(static_cast<short>(x)) : static_cast<long>(static_cast<ushort>(x));
    print(s, "l", x);
  }
  void real(const Spec &s, const fmtarg &a) {
    if (a.kind != fmtarg::Float)
      diag("format '%s' got a non-double argument: undefined result in \"%.80s\"", s.whole.c_str(),
           f.c_str());
    print(s, "", a.kind == fmtarg::Float ? a.f : static_cast<double>(a.i));
  }
  // Width and precision count characters, not bytes.
  void text(const Spec &s, const fmtarg &a) {
    if (a.kind != fmtarg::Text) {
      diag("format '%s' got a numeric argument: undefined result in \"%.80s\"", s.whole.c_str(), f.c_str());
      o += narrow(a.kind == fmtarg::Float ? num2str(a.f) : num2str(a.i));
      return;
    }
    const bool left = s.flags.find('-') != std::string::npos;
    const size_t dot = s.flags.find('.');
    string v = a.s;
    if (dot != std::string::npos) v = StringSubstr(v, 0, atoi(s.flags.c_str() + dot + 1));
    const size_t digits = s.flags.find_first_of("123456789");
    const int width = digits < dot ? atoi(s.flags.c_str() + digits) : 0;
    const std::string pad(static_cast<size_t>(width > v.len() ? width - v.len() : 0), ' ');
    o += left ? narrow(v) + pad : pad + narrow(v);
  }
  void one(const Spec &s) {
    if (next >= n) {
      diag("format '%s': more specifiers than parameters (5038) in \"%.60s\"", s.whole.c_str(), f.c_str());
      last_error = ERR_TOO_MANY_FORMATTERS;
      return;
    }
    const fmtarg &a = args[next++];
    if (s.type && strchr("diuxXo", s.type))
      integer(s, a);
    else if (s.type && strchr("eEfgGaA", s.type))
      real(s, a);
    else if (s.type == 's' || s.type == 'S')
      text(s, a);
    else if (s.type == 'c' || s.type == 'C')
      o += narrow(string(std::u16string(1, static_cast<char16_t>(a.i))));
    else {
      diag("invalid format specifier '%s' (5037)", s.whole.c_str());
      last_error = ERR_WRONG_FORMATSTRING;
      o += s.whole;
    }
  }
};

}  // namespace

string format_impl(const string &f, const fmtarg *a, int n) {
  return utf8(Formatter(narrow(f), a, n).run());
}

}  // namespace mql
