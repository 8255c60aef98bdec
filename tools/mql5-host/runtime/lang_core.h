// lang_core.h — MQL5's basic types on g++: integers, datetime, color, NULL and WRONG_VALUE.
#pragma once
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>
// The names below are MQL5's; the C headers define them too.
#undef NULL
#undef SEEK_SET
#undef SEEK_CUR
#undef SEEK_END
#undef EOF
#undef M_PI
#undef M_E
#undef M_LN2
#undef M_LN10
#undef M_SQRT2
#undef CHAR_MIN
#undef CHAR_MAX
#undef UCHAR_MAX
#undef SHORT_MIN
#undef SHRT_MIN
#undef INT_MIN
#undef INT_MAX
#undef UINT_MAX
#undef LONG_MIN
#undef LONG_MAX
#undef ULONG_MAX
#undef FLT_MAX
#undef FLT_MIN
#undef FLT_EPSILON
#undef DBL_MAX
#undef DBL_MIN
#undef DBL_EPSILON
#undef DBL_DIG
// MQL_STRICT turns conversions that MetaEditor warns about into g++ warnings.
#ifdef MQL_STRICT
#define MQL_IMPLICIT(msg) [[deprecated(msg)]]
#define MQL_CHECKED [[nodiscard]]
#else
#define MQL_IMPLICIT(msg)
#define MQL_CHECKED
#endif

namespace mql {

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;

// Stops the EA as a MetaTrader critical error does: no OnDeinit.
[[noreturn]] void critical(const char *what);
// Tells the test about something that is undefined or a known trap in MetaTrader, and goes on.
void diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

struct null_t {
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T> || std::is_pointer_v<T>>>
  constexpr operator T() const {
    return T(0);
  }
};
inline constexpr null_t null_v{};
template <class T>
constexpr bool operator==(T *p, null_t) {
  return p == nullptr;
}
template <class T>
constexpr bool operator!=(T *p, null_t) {
  return p != nullptr;
}

// -1 in any number and in any enumeration: the one value that needs no cast.
struct wrong_value_t {
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T> || std::is_enum_v<T>>>
  constexpr operator T() const {
    return T(-1);
  }
};
inline constexpr wrong_value_t wrong_value{};
template <class T, class = std::enable_if_t<std::is_arithmetic_v<T> || std::is_enum_v<T>>>
constexpr bool operator==(T v, wrong_value_t) {
  return v == static_cast<T>(-1);
}

// A type of its own, because Print and overloads treat a datetime unlike a long.
class datetime {
  long v;

 public:
  datetime() = default;
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>>
  constexpr datetime(T x) : v(static_cast<long>(x)) {}
  constexpr datetime(null_t) : v(0) {}
  constexpr operator long() const { return v; }
  datetime &operator+=(long d) {
    v += d;
    return *this;
  }
  datetime &operator-=(long d) {
    v -= d;
    return *this;
  }
  datetime &operator++() {
    v++;
    return *this;
  }
  datetime operator++(int) {
    datetime old = *this;
    v++;
    return old;
  }
};

class color {
  uint v;

 public:
  color() = default;
  template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>>
  constexpr color(T x) : v(static_cast<uint>(x)) {}
  constexpr operator uint() const { return v; }
};

}  // namespace mql
