// api_array.h — the Array* functions.
#pragma once
#include "lang_array.h"

namespace mql {

template <class T>
int ArraySize(const array<T> &a) {
  return a.size();
}
template <class T, auto N>
int ArraySize(const array<sarray<T, N>> &a) {
  return a.size() * static_cast<int>(N);
}
template <class T>
int ArrayRange(const array<T> &a, int dim) {
  return dim == 0 ? a.size() : 0;
}
template <class T, auto N>
int ArrayRange(const array<sarray<T, N>> &a, int dim) {
  return dim == 0 ? a.size() : static_cast<int>(N);
}
template <class T>
int ArrayResize(array<T> &a, int n, int reserve = 0) {
  if (!a.dynamic() && n >= 0 && n <= a.size()) return n;
  if (!a.resize(n, reserve)) {
    last_error = ERR_ARRAY_RESIZE_ERROR;
    return -1;
  }
  return ArraySize(a);
}
template <class T>
void ArrayFree(array<T> &a) {
  a.resize(0);
}
template <class T>
bool ArrayIsDynamic(const array<T> &a) {
  return a.dynamic();
}
template <class T>
bool ArrayIsSeries(const array<T> &a) {
  return a.series();
}
template <class T>
bool ArraySetAsSeries(const array<T> &a, bool f) {
  if (!a.dynamic()) return false;
  a.series(f);
  return true;
}
template <class T>
bool ArrayGetAsSeries(const array<T> &a) {
  return a.series();
}
template <class T, class V>
int ArrayInitialize(array<T> &a, V v) {
  for (int i = 0; i < a.size(); i++) a[i] = static_cast<T>(v);
  return a.size();
}
template <class T, class V>
void ArrayFill(array<T> &a, int start, int count, V v) {
  for (int i = start; i < start + count; i++) a[i] = static_cast<T>(v);
}
template <class T, class U>
int ArrayCopy(array<T> &d, const array<U> &s, int to = 0, int from = 0, int count = -1) {
  int n = s.size() - from;
  if (count >= 0 && count < n) n = count;
  if (n <= 0) return 0;
  if (d.size() < to + n && !d.resize(to + n)) n = d.size() - to;
  const bool same = static_cast<const void *>(&d) == static_cast<const void *>(&s);
  if (same && to > from)
    for (int i = n - 1; i >= 0; i--) d[to + i] = static_cast<T>(s[from + i]);
  else
    for (int i = 0; i < n; i++) d[to + i] = static_cast<T>(s[from + i]);
  return n > 0 ? n : 0;
}
template <class T>
int ArrayCompare(const array<T> &a, const array<T> &b, int sa = 0, int sb = 0, int count = -1) {
  int na = a.size() - sa, nb = b.size() - sb;
  if (count >= 0) {
    if (na > count) na = count;
    if (nb > count) nb = count;
  }
  for (int i = 0; i < na && i < nb; i++)
    if (a[sa + i] < b[sb + i] || b[sb + i] < a[sa + i]) return a[sa + i] < b[sb + i] ? -1 : 1;
  return na < nb ? -1 : na > nb ? 1 : 0;
}
template <class T>
bool ArrayRemove(array<T> &a, int start, int count = -1) {
  if (start < 0 || start > a.size() || !a.dynamic()) return false;
  const int n = a.size();
  if (count < 0 || start + count > n) count = n - start;
  for (int i = start; i + count < n; i++) a[i] = a[i + count];
  return a.resize(n - count);
}
template <class T>
bool ArrayInsert(array<T> &d, const array<T> &s, int at, int from = 0, int count = -1) {
  int n = s.size() - from;
  if (count >= 0 && count < n) n = count;
  const int old = d.size();
  if (n < 0 || at < 0 || at > old || !d.resize(old + n)) return false;
  for (int i = old - 1; i >= at; i--) d[i + n] = d[i];
  for (int i = 0; i < n; i++) d[at + i] = s[from + i];
  return true;
}
template <class T>
bool ArrayReverse(array<T> &a, int start = 0, int count = -1) {
  const int end = count < 0 ? a.size() : start + count;
  for (int i = start, j = end - 1; i < j; i++, j--) {
    T t = a[i];
    a[i] = a[j];
    a[j] = t;
  }
  return true;
}
template <class T>
bool ArraySwap(array<T> &a, array<T> &b) {
  if (!a.dynamic() || !b.dynamic()) return false;
  array<T> t = a;
  a = b;
  b = t;
  return true;
}
template <class T>
void sift_down(array<T> &a, int root, int n) {
  for (int child; (child = root * 2 + 1) < n; root = child) {
    if (child + 1 < n && a[child] < a[child + 1]) child++;
    if (!(a[root] < a[child])) return;
    T t = a[root];
    a[root] = a[child];
    a[child] = t;
  }
}
// Heap sort: no worst case that a test with 100,000 ticks could meet.
template <class T>
bool ArraySort(array<T> &a) {
  const int n = a.size();
  for (int i = n / 2 - 1; i >= 0; i--) sift_down(a, i, n);
  for (int end = n - 1; end > 0; end--) {
    T t = a[0];
    a[0] = a[end];
    a[end] = t;
    sift_down(a, 0, end);
  }
  return true;
}
template <class T>
int ArrayMaximum(const array<T> &a, int start = 0, int count = -1) {
  const int end = count < 0 ? a.size() : start + count;
  int m = start;
  for (int i = start; i < end; i++)
    if (a[m] < a[i]) m = i;
  return end > start ? m : -1;
}
template <class T>
int ArrayMinimum(const array<T> &a, int start = 0, int count = -1) {
  const int end = count < 0 ? a.size() : start + count;
  int m = start;
  for (int i = start; i < end; i++)
    if (a[i] < a[m]) m = i;
  return end > start ? m : -1;
}
// The last element that is not greater: what MQL5 returns for a value that is not there.
template <class T>
int ArrayBsearch(const array<T> &a, T v) {
  int lo = 0, hi = a.size() - 1;
  while (lo < hi) {
    const int m = (lo + hi + 1) / 2;
    if (!(v < a[m]))
      lo = m;
    else
      hi = m - 1;
  }
  return lo;
}
template <class T>
void ArrayPrint(const array<T> &a) {
  string line;
  for (int i = 0; i < a.size(); i++) line += (i ? string(u" ", 1) : string()) + tostr(a[i]);
  print_line("print", line);
}
template <class S, class C>
bool StructToCharArray(const S &s, array<C> &a, uint start = 0) {
  static_assert(std::is_trivially_copyable_v<S>, "structure contains strings/arrays (4005)");
  const int need = static_cast<int>(start + sizeof(S));
  if (a.size() < need && !a.resize(need)) return false;
  const char *p = reinterpret_cast<const char *>(&s);
  for (size_t i = 0; i < sizeof(S); i++) a.raw()[start + i] = static_cast<C>(p[i]);
  return true;
}
template <class S, class C>
bool CharArrayToStruct(S &s, const array<C> &a, uint start = 0) {
  static_assert(std::is_trivially_copyable_v<S>, "structure contains strings/arrays (4005)");
  if (a.size() < static_cast<int>(start + sizeof(S))) return false;
  char *p = reinterpret_cast<char *>(&s);
  for (size_t i = 0; i < sizeof(S); i++) p[i] = static_cast<char>(a.raw()[start + i]);
  return true;
}

}  // namespace mql
