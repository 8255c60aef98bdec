// inputs.cpp — the EA's inputs: registered before main, set from --input before OnInit.
#include <cstdlib>
#include <functional>
#include "host.h"
#include "options.h"
#include "output.h"

namespace {
struct Input {
  std::string name;
  std::function<void(const std::string &)> set;
};
std::vector<Input> &inputs() {
  static std::vector<Input> all;
  return all;
}
template <class T, class F>
void add(const char16_t *name, T &v, F read) {
  T *p = &v;
  inputs().push_back({mql::narrow(mql::string(std::u16string(name))),
                      [p, read](auto &s) { *p = static_cast<T>(read(s)); }});
}
long whole(const std::string &s) { return strtol(s.c_str(), nullptr, 10); }
mql::ulong unsigned_whole(const std::string &s) { return strtoul(s.c_str(), nullptr, 10); }
double real(const std::string &s) { return strtod(s.c_str(), nullptr); }
bool truth(const std::string &s) { return s == "true" || s == "1"; }
}  // namespace

namespace mql {
InputReg::InputReg(const char16_t *n, string &v) {
  add(n, v, [](auto &s) { return utf8(s); });
}
InputReg::InputReg(const char16_t *n, char &v) { add(n, v, whole); }
InputReg::InputReg(const char16_t *n, uchar &v) { add(n, v, whole); }
InputReg::InputReg(const char16_t *n, short &v) { add(n, v, whole); }
InputReg::InputReg(const char16_t *n, ushort &v) { add(n, v, whole); }
InputReg::InputReg(const char16_t *n, int &v) { add(n, v, whole); }
InputReg::InputReg(const char16_t *n, uint &v) { add(n, v, unsigned_whole); }
InputReg::InputReg(const char16_t *n, long &v) { add(n, v, whole); }
InputReg::InputReg(const char16_t *n, ulong &v) { add(n, v, unsigned_whole); }
InputReg::InputReg(const char16_t *n, float &v) { add(n, v, real); }
InputReg::InputReg(const char16_t *n, double &v) { add(n, v, real); }
InputReg::InputReg(const char16_t *n, bool &v) { add(n, v, truth); }
InputReg::InputReg(const char16_t *n, datetime &v) {
  add(n, v, [](auto &s) { return StringToTime(utf8(s)); });
}
InputReg::InputReg(const char16_t *n, color &v) {
  add(n, v, [](auto &s) { return StringToColor(utf8(s)); });
}
}  // namespace mql

namespace host {

// "" or the name that the EA does not have: a typing error in a test must not pass in silence.
std::string apply_inputs() {
  for (const auto &[name, value] : options.inputs) {
    bool found = false;
    for (const Input &i : inputs())
      if (i.name == name) {
        i.set(value);
        found = true;
      }
    if (!found) return name;
  }
  return "";
}

}  // namespace host
