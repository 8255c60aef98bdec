// record.h — one line of the broker's journal: a letter, then fields with tabs between.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace host {

class RecordWriter {
  std::string s;

 public:
  explicit RecordWriter(char kind) : s(1, kind) {}
  RecordWriter &operator<<(const std::string &v) {
    s += '\t';
    for (const char c : v) {
      if (c == '\\')
        s += "\\\\";
      else if (c == '\t')
        s += "\\t";
      else if (c == '\n')
        s += "\\n";
      else
        s += c;
    }
    return *this;
  }
  RecordWriter &operator<<(double v) {
    char b[40];
    snprintf(b, sizeof b, "%.17g", v);
    s += '\t';
    s += b;
    return *this;
  }
  RecordWriter &operator<<(long v) { return *this << std::to_string(v); }
  RecordWriter &operator<<(int v) { return *this << std::to_string(v); }
  RecordWriter &operator<<(unsigned v) { return *this << std::to_string(v); }
  RecordWriter &operator<<(unsigned long v) { return *this << std::to_string(v); }
  std::string line() const { return s + "\n"; }
};

class RecordReader {
  std::vector<std::string> field;
  size_t at = 0;

 public:
  char kind = 0;
  explicit RecordReader(const std::string &line) {
    kind = line.empty() ? '\0' : line[0];
    for (size_t i = 1; i < line.size(); i++) {
      if (line[i] == '\t') {
        field.emplace_back();
      } else if (!field.empty()) {
        char c = line[i];
        if (c == '\\' && i + 1 < line.size()) {
          const char n = line[++i];
          c = n == 't' ? '\t' : n == 'n' ? '\n' : n;
        }
        field.back() += c;
      }
    }
  }
  RecordReader &operator>>(std::string &v) {
    v = at < field.size() ? field[at] : "";
    at++;
    return *this;
  }
  RecordReader &operator>>(double &v) {
    std::string t;
    *this >> t;
    v = strtod(t.c_str(), nullptr);
    return *this;
  }
  RecordReader &operator>>(long &v) {
    std::string t;
    *this >> t;
    v = strtol(t.c_str(), nullptr, 10);
    return *this;
  }
  RecordReader &operator>>(unsigned long &v) {
    std::string t;
    *this >> t;
    v = strtoul(t.c_str(), nullptr, 10);
    return *this;
  }
  RecordReader &operator>>(int &v) {
    long t = 0;
    *this >> t;
    v = static_cast<int>(t);
    return *this;
  }
  RecordReader &operator>>(unsigned &v) {
    unsigned long t = 0;
    *this >> t;
    v = static_cast<unsigned>(t);
    return *this;
  }
};

}  // namespace host
