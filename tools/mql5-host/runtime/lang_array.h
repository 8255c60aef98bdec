// lang_array.h — MQL5's arrays: range-checked, dynamic or fixed, with the series flag and poisoned new
// elements.
#pragma once
#include "lang_string.h"

namespace mql {

template <class T>
class array {
 protected:
  T *p_ = nullptr;
  int n_ = 0, cap_ = 0;
  bool dynamic_ = true;
  mutable bool series_ = false;
  struct fixed_t {};
  array(fixed_t, T *p, int n) : p_(p), n_(n), cap_(n), dynamic_(false) {}

  // MQL5 does not initialise what ArrayResize adds. A value that nobody mistakes for data makes that
  // visible.
  static T poison() {
    if constexpr (std::is_same_v<T, bool>)
      return true;
    else if constexpr (std::is_floating_point_v<T>)
      return static_cast<T>(sizeof(T) == 4 ? -4.3e+8 : -6.27743856220419e+66);
    else
      return static_cast<T>(0xCDCDCDCDCDCDCDCDULL);
  }

 public:
  array() {}
  array(std::initializer_list<T> l) {
    resize(static_cast<int>(l.size()));
    int i = 0;
    for (auto &x : l) p_[i++] = x;
  }
  array(const array &o) { *this = o; }
  array &operator=(const array &o) {
    if (this == &o) return *this;
    if (dynamic_) resize(o.n_);
    for (int i = 0; i < n_ && i < o.n_; i++) p_[i] = o.p_[i];
    series_ = dynamic_ && o.series_;
    return *this;
  }
  ~array() {
    if (dynamic_) delete[] p_;
  }

  T &operator[](long i) { return p_[idx(i)]; }
  const T &operator[](long i) const { return p_[idx(i)]; }
  size_t idx(long i) const {
    if (i < 0 || i >= n_) critical("array out of range");
    return static_cast<size_t>(series_ ? n_ - 1 - i : i);
  }
  int size() const { return n_; }
  T *raw() { return p_; }
  const T *raw() const { return p_; }
  bool dynamic() const { return dynamic_; }
  bool series() const { return series_; }
  void series(bool f) const { series_ = f; }

  bool resize(int n, int reserve = 0) {
    if (!dynamic_ || n < 0) return false;
    if (n > cap_ || n == 0) {
      const size_t want = static_cast<size_t>(n) + static_cast<size_t>(reserve > 0 ? reserve : 0);
      T *q = want ? new T[want] : nullptr;
      if constexpr (std::is_arithmetic_v<T>)
        for (size_t i = 0; i < want; i++) q[i] = poison();
      for (int i = 0; i < n_ && i < n; i++) q[i] = std::move(p_[i]);
      delete[] p_;
      p_ = q;
      cap_ = static_cast<int>(want);
    }
    n_ = n;
    return true;
  }

  // The methods that MQL5 itself offers on an array.
  uint Size() const { return static_cast<uint>(n_); }
  int Resize(int n, int r = 0) { return resize(n, r) ? n_ : -1; }
  void Free() { resize(0); }
  bool IsDynamic() const { return dynamic_; }
  bool AsSeries(bool f) {
    series_ = f;
    return dynamic_;
  }
};

// `int a[5]` and `int a[]={1,2}`: an array that passes as a dynamic one but cannot grow.
template <class T, auto N>
class sarray : public array<T> {
  // In a member, so that the constructor is not written by hand: `S s={}` and T{} then zero the elements first.
  struct link {
    explicit link(sarray *a) {
      a->p_ = a->st_;
      a->n_ = a->cap_ = static_cast<int>(N);
      a->dynamic_ = false;
    }
  };
  T st_[static_cast<size_t>(N)];
  [[no_unique_address]] link link_{this};

 public:
  sarray() = default;
  sarray(std::initializer_list<T> l) : sarray() {
    int i = 0;
    for (auto &x : l) st_[i++] = x;
    for (; i < static_cast<int>(N); i++) st_[i] = T{};
  }
  sarray(const sarray &o) : sarray() { *this = o; }
  sarray &operator=(const sarray &o) {
    for (size_t i = 0; i < static_cast<size_t>(N); i++) st_[i] = o.st_[i];
    return *this;
  }
};

// An `input`: the host sets it by --input Name=value before OnInit.
struct InputReg {
  InputReg(const char16_t *name, string &v);
  InputReg(const char16_t *name, char &v);
  InputReg(const char16_t *name, uchar &v);
  InputReg(const char16_t *name, short &v);
  InputReg(const char16_t *name, ushort &v);
  InputReg(const char16_t *name, int &v);
  InputReg(const char16_t *name, uint &v);
  InputReg(const char16_t *name, long &v);
  InputReg(const char16_t *name, ulong &v);
  InputReg(const char16_t *name, float &v);
  InputReg(const char16_t *name, double &v);
  InputReg(const char16_t *name, bool &v);
  InputReg(const char16_t *name, datetime &v);
  InputReg(const char16_t *name, color &v);
  template <class E, class = std::enable_if_t<std::is_enum_v<E>>>
  InputReg(const char16_t *n, E &e) : InputReg(n, reinterpret_cast<int &>(e)) {}
};

}  // namespace mql
