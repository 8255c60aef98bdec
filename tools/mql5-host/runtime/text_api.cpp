// text_api.cpp — strings: encodings, searching, trimming, splitting.
#include <cctype>
#include <cstring>
#include "mql_api.h"

namespace mql {

string ascii(const char *p) {
  std::u16string o;
  while (*p) o += static_cast<char16_t>(static_cast<unsigned char>(*p++));
  return string(o);
}
string utf8(const std::string &b) {
  std::u16string o;
  for (size_t i = 0; i < b.size();) {
    const uint c = static_cast<unsigned char>(b[i]);
    const size_t n = c < 0x80 ? 1 : c < 0xc0 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint v = n == 1 ? c : c & (0xffu >> (n + 1));
    bool whole = n > 0 && i + n <= b.size();
    for (size_t k = 1; whole && k < n; k++) {
      const uint d = static_cast<unsigned char>(b[i + k]);
      whole = (d & 0xc0) == 0x80;
      v = v << 6 | (d & 0x3f);
    }
    if (!whole) {  // what Windows makes of a broken sequence
      o += u'\uFFFD';
      i++;
      continue;
    }
    i += n;
    if (v > 0xffff) {
      v -= 0x10000;
      o += static_cast<char16_t>(0xd800 + (v >> 10));
      o += static_cast<char16_t>(0xdc00 + (v & 0x3ff));
    } else {
      o += static_cast<char16_t>(v);
    }
  }
  return string(o);
}
namespace {
void put_utf8(std::string &o, uint v) {
  const auto put = [&o](uint byte) { o += static_cast<char>(byte); };
  if (v < 0x80) {
    put(v);
  } else if (v < 0x800) {
    put(0xc0 | v >> 6);
    put(0x80 | (v & 63));
  } else if (v < 0x10000) {
    put(0xe0 | v >> 12);
    put(0x80 | (v >> 6 & 63));
    put(0x80 | (v & 63));
  } else {
    put(0xf0 | v >> 18);
    put(0x80 | (v >> 12 & 63));
    put(0x80 | (v >> 6 & 63));
    put(0x80 | (v & 63));
  }
}
}  // namespace
std::string narrow(const string &s) {
  std::string o;
  const std::u16string &u = s.u();
  for (size_t i = 0; i < u.size(); i++) {
    uint v = u[i];
    const bool high = v >= 0xd800 && v < 0xdc00, low = v >= 0xdc00 && v < 0xe000;
    if (high && i + 1 < u.size() && u[i + 1] >= 0xdc00 && u[i + 1] < 0xe000)
      v = 0x10000 + ((v - 0xd800) << 10) + (u[++i] - 0xdc00u);
    else if (high || low)
      v = 0xfffd;  // half a pair has no UTF-8
    put_utf8(o, v);
  }
  return o;
}
// CP_ACP is lossy, exactly the trap it is on Windows.
int to_bytes(const string &s, std::string &o, uint codepage) {
  if (codepage == CP_UTF8) {
    o = narrow(s);
  } else {
    o.clear();
    for (const char16_t c : s.u()) o += c < 256 ? static_cast<char>(c) : '?';
  }
  return static_cast<int>(o.size());
}
string from_bytes(const char *p, int n, uint codepage) {
  if (n <= 0) return string(std::u16string());
  if (codepage == CP_UTF8) return utf8(std::string(p, static_cast<size_t>(n)));
  std::u16string o;
  for (int i = 0; i < n; i++) o += static_cast<char16_t>(static_cast<unsigned char>(p[i]));
  return string(o);
}
string fnname(const char *pretty) {
  std::string s(pretty);
  s = s.substr(0, s.find('('));
  const size_t space = s.rfind(' ');
  if (space != std::string::npos) s = s.substr(space + 1);
  if (s.rfind("ea::", 0) == 0) s = s.substr(4);
  return ascii(s.c_str());
}
string enum_unknown(const char *type, int v) {
  last_error = ERR_INVALID_PARAMETER;
  return ascii(type) + u"::"_s + num2str(static_cast<long>(v));
}

int StringToShortArray(string s, array<ushort> &a, int start, int count) {
  int n = s.len();
  if (count >= 0 && count < n) n = count;
  const bool zero = count < 0;
  const int need = start + n + (zero ? 1 : 0);
  if (a.size() < need) a.resize(need);
  for (int i = 0; i < n; i++) a[start + i] = s[i];
  if (zero) a[start + n] = 0;
  return need - start;
}
string ShortArrayToString(const array<ushort> &a, int start, int count) {
  std::u16string o;
  const int end = count < 0 || start + count > a.size() ? a.size() : start + count;
  for (int i = start; i < end && a[i]; i++) o += static_cast<char16_t>(a[i]);
  return string(o);
}

int StringLen(string s) { return s.len(); }
int StringBufferLen(string s) { return s.len(); }
int StringFind(string s, string what, int start) {
  const size_t p = s.u().find(what.u(), static_cast<size_t>(start < 0 ? 0 : start));
  return p == std::u16string::npos ? -1 : static_cast<int>(p);
}
string StringSubstr(string s, int start, int n) {
  if (start < 0 || start >= s.len() || n == 0) return string(std::u16string());
  return string(
      s.u().substr(static_cast<size_t>(start), n < 0 ? std::u16string::npos : static_cast<size_t>(n)));
}
ushort StringGetCharacter(string s, int pos) {
  if (pos >= 0 && pos < s.len()) return s[pos];
  last_error = ERR_STRINGPOS_OUTOFRANGE;
  return 0;
}
bool StringSetCharacter(string &s, int pos, ushort v) {
  if (pos < 0 || pos > s.len()) {
    last_error = ERR_STRINGPOS_OUTOFRANGE;
    return false;
  }
  std::u16string &w = s.w();
  if (pos == static_cast<int>(w.size()))
    w += static_cast<char16_t>(v);
  else if (v == 0)
    w.resize(static_cast<size_t>(pos));
  else
    w[static_cast<size_t>(pos)] = static_cast<char16_t>(v);
  return true;
}
int StringSplit(const string s, const ushort sep, array<string> &r) {
  if (!s.len()) {
    r.resize(0);
    return 0;
  }
  std::vector<std::u16string> parts(1);
  for (const char16_t c : s.u())
    if (c == sep)
      parts.emplace_back();
    else
      parts.back() += c;
  r.resize(static_cast<int>(parts.size()));
  for (size_t i = 0; i < parts.size(); i++) r[static_cast<long>(i)] = string(parts[i]);
  return static_cast<int>(parts.size());
}
int StringReplace(string &s, const string find, const string with) {
  if (!find.len()) return -1;
  int n = 0;
  std::u16string &w = s.w();
  for (size_t p = 0; (p = w.find(find.u(), p)) != std::u16string::npos; p += with.u().size(), n++)
    w.replace(p, find.u().size(), with.u());
  return n;
}
namespace {
bool blank(char16_t c) { return c == u' ' || (c >= u'\t' && c <= u'\r'); }
// Latin, Greek and Cyrillic letters: what lies a fixed distance apart.
char16_t lower(char16_t c) {
  const bool latin = (c >= u'A' && c <= u'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7);
  const bool other = (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F);
  if (latin || other) return static_cast<char16_t>(c + 32);
  return c >= 0x400 && c <= 0x40F ? static_cast<char16_t>(c + 80) : c;
}
char16_t upper(char16_t c) {
  const bool latin = (c >= u'a' && c <= u'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7);
  const bool other = (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) || (c >= 0x430 && c <= 0x44F);
  if (latin || other) return static_cast<char16_t>(c - 32);
  return c >= 0x450 && c <= 0x45F ? static_cast<char16_t>(c - 80) : c;
}
}  // namespace
int StringTrimLeft(string &s) {
  std::u16string &w = s.w();
  size_t i = 0;
  while (i < w.size() && blank(w[i])) i++;
  w.erase(0, i);
  return static_cast<int>(i);
}
int StringTrimRight(string &s) {
  std::u16string &w = s.w();
  const size_t n = w.size();
  while (!w.empty() && blank(w.back())) w.pop_back();
  return static_cast<int>(n - w.size());
}
bool StringToLower(string &s) {
  for (char16_t &c : s.w()) c = lower(c);
  return true;
}
bool StringToUpper(string &s) {
  for (char16_t &c : s.w()) c = upper(c);
  return true;
}
int StringCompare(const string &a, const string &b, bool case_sensitive) {
  string x = a, y = b;
  if (!case_sensitive) {
    StringToLower(x);
    StringToLower(y);
  }
  return x < y ? -1 : x > y ? 1 : 0;
}
bool StringAdd(string &a, string b) {
  a += b;
  return true;
}
bool StringInit(string &s, int n, ushort c) {
  s = string(std::u16string(static_cast<size_t>(n > 0 ? n : 0), static_cast<char16_t>(c)));
  return true;
}
bool StringFill(string &s, ushort c) {
  for (char16_t &x : s.w()) x = static_cast<char16_t>(c);
  return true;
}
bool StringReserve(string &s, uint n) {
  s.w().reserve(n);
  return true;
}
bool StringSetLength(string &s, uint n) {
  s.w().resize(n);
  return true;
}

}  // namespace mql
