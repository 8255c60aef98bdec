// api_math.h — Math* functions; log, pow, sin and so on come from <cmath> by their C names.
#pragma once
#include "lang_core.h"

namespace mql {

template <class T>
T MathAbs(T v) {
  return v < 0 ? static_cast<T>(-v) : v;
}
template <class A, class B>
auto MathMax(A a, B b) {
  using C = std::common_type_t<A, B>;
  return static_cast<C>(a) > static_cast<C>(b) ? static_cast<C>(a) : static_cast<C>(b);
}
template <class A, class B>
auto MathMin(A a, B b) {
  using C = std::common_type_t<A, B>;
  return static_cast<C>(a) < static_cast<C>(b) ? static_cast<C>(a) : static_cast<C>(b);
}
template <class A, class B>
auto fmax(A a, B b) {
  return MathMax(a, b);
}
template <class A, class B>
auto fmin(A a, B b) {
  return MathMin(a, b);
}
inline double MathRound(double v) { return ::round(v); }
inline double MathCeil(double v) { return ::ceil(v); }
inline double MathFloor(double v) { return ::floor(v); }
inline double MathSqrt(double v) { return ::sqrt(v); }
inline double MathPow(double a, double b) { return ::pow(a, b); }
inline double MathLog(double v) { return ::log(v); }
inline double MathLog10(double v) { return ::log10(v); }
inline double MathExp(double v) { return ::exp(v); }
inline double MathMod(double a, double b) { return ::fmod(a, b); }
inline double MathSin(double v) { return ::sin(v); }
inline double MathCos(double v) { return ::cos(v); }
inline double MathTan(double v) { return ::tan(v); }
inline double MathArcsin(double v) { return ::asin(v); }
inline double MathArccos(double v) { return ::acos(v); }
inline double MathArctan(double v) { return ::atan(v); }
inline double MathArctan2(double y, double x) { return ::atan2(y, x); }
inline double MathSinh(double v) { return ::sinh(v); }
inline double MathCosh(double v) { return ::cosh(v); }
inline double MathTanh(double v) { return ::tanh(v); }
inline double MathArcsinh(double v) { return ::asinh(v); }
inline double MathArccosh(double v) { return ::acosh(v); }
inline double MathArctanh(double v) { return ::atanh(v); }
inline double MathExpm1(double v) { return ::expm1(v); }
inline double MathLog1p(double v) { return ::log1p(v); }
bool MathIsValidNumber(double v);
ushort MathSwap(ushort v);
uint MathSwap(uint v);
ulong MathSwap(ulong v);
int MathRand();
void MathSrand(int seed);
inline int rand() { return MathRand(); }
inline void srand(int seed) { MathSrand(seed); }

}  // namespace mql
