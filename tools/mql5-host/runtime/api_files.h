// api_files.h — files in the sandbox.
#pragma once
#include "lang_array.h"

namespace mql {

MQL_CHECKED int FileOpen(string name, int flags, short delim = '\t', uint codepage = CP_ACP);
void FileClose(int h);
void FileFlush(int h);
bool FileIsExist(const string name, int common = 0);
bool FileDelete(const string name, int common = 0);
bool FileMove(const string from, int common, const string to, int mode);
bool FileCopy(const string from, int common, const string to, int mode);
bool FileSeek(int h, long offset, ENUM_FILE_POSITION origin);
ulong FileTell(int h);
ulong FileSize(int h);
bool FileIsEnding(int h);
bool FileIsLineEnding(int h);
long FileGetInteger(int h, ENUM_FILE_PROPERTY_INTEGER p);
long FileGetInteger(const string name, ENUM_FILE_PROPERTY_INTEGER p, bool common = false);
long FileFindFirst(const string filter, string &name, int common = 0);
bool FileFindNext(long search, string &name);
void FileFindClose(long search);
bool FolderCreate(string name, int common = 0);
bool FolderDelete(string name, int common = 0);
bool FolderClean(string name, int common = 0);

uint FileWriteString(int h, const string s, int len = -1);
uint FileWriteInteger(int h, int v, int size = 4);
uint FileWriteLong(int h, long v);
uint FileWriteFloat(int h, float v);
uint FileWriteDouble(int h, double v);
string FileReadString(int h, int len = -1);
int FileReadInteger(int h, int size = 4);
long FileReadLong(int h);
float FileReadFloat(int h);
double FileReadDouble(int h);
double FileReadNumber(int h);
bool FileReadBool(int h);
datetime FileReadDatetime(int h);

uint file_write_raw(int h, const void *p, uint n);
uint file_read_raw(int h, void *p, uint n);
string file_row(int h, const string *cells, int n);
template <class... A>
uint FileWrite(int h, const A &...a) {
  const string cells[sizeof...(A) + 1] = {tostr(a)...};
  return FileWriteString(h, file_row(h, cells, static_cast<int>(sizeof...(A))));
}
template <class T>
uint FileWriteArray(int h, const array<T> &a, int start = 0, int count = -1) {
  static_assert(std::is_trivially_copyable_v<T>, "elements with strings or objects cannot be written");
  int n = a.size() - start;
  if (count >= 0 && count < n) n = count;
  if (n <= 0) return 0;
  const uint size = static_cast<uint>(sizeof(T));
  return file_write_raw(h, a.raw() + start, static_cast<uint>(n) * size) / size;
}
template <class T>
uint FileReadArray(int h, array<T> &a, int start = 0, int count = -1) {
  static_assert(std::is_trivially_copyable_v<T>, "elements with strings or objects cannot be read");
  const long size = static_cast<long>(sizeof(T));
  const long left = (static_cast<long>(FileSize(h)) - static_cast<long>(FileTell(h))) / size;
  const int n = count < 0 || count > left ? static_cast<int>(left) : count;
  if (n <= 0) return 0;
  if (a.size() < start + n && !a.resize(start + n)) return 0;
  return file_read_raw(h, a.raw() + start, static_cast<uint>(n) * static_cast<uint>(size)) /
         static_cast<uint>(size);
}
// A whole file at once: how many elements were read, -1 when it cannot be opened.
template <class T>
long FileLoad(const string name, array<T> &a, int common = 0) {
  const int h = FileOpen(name, FILE_READ | FILE_BIN | (common & FILE_COMMON));
  if (h == INVALID_HANDLE) return -1;
  if (a.dynamic()) a.resize(0);
  const long n = static_cast<long>(FileReadArray(h, a, 0, a.dynamic() ? -1 : a.size()));
  FileClose(h);
  return n;
}
template <class T>
bool FileSave(const string name, const array<T> &a, int common = 0) {
  const int h = FileOpen(name, FILE_WRITE | FILE_BIN | (common & FILE_COMMON));
  if (h == INVALID_HANDLE) return false;
  const bool all = static_cast<int>(FileWriteArray(h, a)) == a.size();
  FileClose(h);
  return all;
}
template <class S>
uint FileWriteStruct(int h, const S &s, int size = -1) {
  static_assert(std::is_trivially_copyable_v<S>, "structure contains strings/arrays (4005)");
  return file_write_raw(h, &s, size < 0 ? static_cast<uint>(sizeof(S)) : static_cast<uint>(size));
}
template <class S>
uint FileReadStruct(int h, S &s, int size = -1) {
  static_assert(std::is_trivially_copyable_v<S>, "structure contains strings/arrays (4005)");
  return file_read_raw(h, &s, size < 0 ? static_cast<uint>(sizeof(S)) : static_cast<uint>(size));
}

}  // namespace mql
