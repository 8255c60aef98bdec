// file_io.cpp — reading and writing in an open file: text, CSV and binary.
#include <algorithm>
#include <cstring>
#include "death.h"
#include "open_file.h"

namespace mql {
using namespace host;

namespace {
OpenFile *writer(int h) {
  OpenFile *f = open_file(h);
  if (f && f->writes()) return f;
  if (f) last_error = ERR_FILE_NOTTOWRITE;
  return nullptr;
}
OpenFile *reader(int h) {
  OpenFile *f = open_file(h);
  if (f && f->reads()) return f;
  if (f) last_error = ERR_FILE_NOTTOREAD;
  return nullptr;
}
// One character, or -1 at the end.
int next_char(OpenFile &f) {
  unsigned char b[2] = {0, 0};
  const size_t want = f.wide() ? 2 : 1;
  return f.get(b, want) == want ? b[0] | b[1] << 8 : -1;
}
string decoded(const OpenFile &f, const std::u16string &wide, const std::string &bytes) {
  return f.wide() ? string(wide) : from_bytes(bytes.data(), static_cast<int>(bytes.size()), f.codepage);
}
string binary_string(OpenFile &f, int len) {
  if (len <= 0) {
    last_error = ERR_FILE_BINSTRINGSIZE;
    return string(std::u16string());
  }
  const size_t size = f.wide() ? 2 : 1;
  std::string b(static_cast<size_t>(len) * size, '\0');
  b.resize(f.get(b.data(), b.size()));
  std::u16string wide(b.size() / 2, u'\0');
  memcpy(wide.data(), b.data(), wide.size() * 2);
  return decoded(f, wide, b);
}
}  // namespace

bool FileSeek(int h, long offset, ENUM_FILE_POSITION origin) {
  OpenFile *f = open_file(h);
  if (!f) return false;
  if (!f->writes()) f->load();
  const long base =
      origin == SEEK_SET ? 0 : static_cast<long>(origin == SEEK_CUR ? f->pos : f->data.size());
  if (base + offset < 0) {
    last_error = ERR_INVALID_PARAMETER;
    return false;
  }
  f->pos = static_cast<size_t>(base + offset);
  return true;
}
ulong FileTell(int h) {
  const OpenFile *f = open_file(h);
  return f ? f->pos : 0;
}
ulong FileSize(int h) {
  OpenFile *f = open_file(h);
  if (!f) return 0;
  if (!f->writes()) f->load();
  return f->data.size();
}
bool FileIsEnding(int h) {
  OpenFile *f = open_file(h);
  if (!f) return true;
  if (!f->writes() && f->pos >= f->data.size()) f->load();
  return f->pos >= f->data.size();
}
bool FileIsLineEnding(int h) {
  const OpenFile *f = open_file(h);
  return f && f->line_ended;
}

uint file_write_raw(int h, const void *p, uint n) {
  Step step("FileWriteArray");
  OpenFile *f = writer(h);
  if (!f) return 0;
  f->put(p, n);
  return n;
}
uint file_read_raw(int h, void *p, uint n) {
  OpenFile *f = reader(h);
  return f ? static_cast<uint>(f->get(p, n)) : 0;
}
uint FileWriteString(int h, const string s, int len) {
  Step step("FileWriteString");
  OpenFile *f = writer(h);
  if (!f) return 0;
  std::u16string u = s.u();
  if (len >= 0) u.resize(static_cast<size_t>(f->binary() ? len : std::min(len, s.len())));
  if (f->wide()) {
    f->put(u.data(), u.size() * 2);
    return static_cast<uint>(u.size() * 2);
  }
  std::string b;
  to_bytes(string(u), b, f->codepage);
  f->put(b.data(), b.size());
  return static_cast<uint>(b.size());
}
string file_row(int h, const string *cells, int n) {
  const OpenFile *f = open_file(h);
  string row;
  for (int i = 0; i < n; i++) {
    if (i && f && f->csv()) row += string(std::u16string(1, f->delimiter));
    row += cells[i];
  }
  return row + u"\r\n"_s;
}
string FileReadString(int h, int len) {
  OpenFile *f = reader(h);
  if (!f) return string(std::u16string());
  if (f->binary()) return binary_string(*f, len);
  f->line_ended = false;
  std::u16string wide;
  std::string bytes;
  bool any = false;
  for (int c; !f->line_ended; any = true) {
    c = next_char(*f);
    if (c < 0 || c == '\n') {
      f->line_ended = true;
      any = any || c == '\n';
      break;
    }
    if (c == '\r') continue;
    if (f->csv() && c == f->delimiter) return decoded(*f, wide, bytes);
    if (f->wide())
      wide += static_cast<char16_t>(c);
    else
      bytes += static_cast<char>(c);
  }
  if (!any) last_error = ERR_FILE_ENDOFFILE;
  return decoded(*f, wide, bytes);
}

uint FileWriteInteger(int h, int v, int size) {
  return file_write_raw(h, &v, static_cast<uint>(std::clamp(size, 1, 4)));
}
uint FileWriteLong(int h, long v) { return file_write_raw(h, &v, 8); }
uint FileWriteFloat(int h, float v) { return file_write_raw(h, &v, 4); }
uint FileWriteDouble(int h, double v) { return file_write_raw(h, &v, 8); }
int FileReadInteger(int h, int size) {
  int v = 0;
  file_read_raw(h, &v, static_cast<uint>(std::clamp(size, 1, 4)));
  if (size == 1) return static_cast<signed char>(v);
  return size == 2 ? static_cast<short>(v) : v;
}
long FileReadLong(int h) {
  long v = 0;
  file_read_raw(h, &v, 8);
  return v;
}
float FileReadFloat(int h) {
  float v = 0;
  file_read_raw(h, &v, 4);
  return v;
}
double FileReadDouble(int h) {
  double v = 0;
  file_read_raw(h, &v, 8);
  return v;
}
double FileReadNumber(int h) { return StringToDouble(FileReadString(h)); }
bool FileReadBool(int h) { return static_cast<bool>(FileReadString(h)); }
datetime FileReadDatetime(int h) { return StringToTime(FileReadString(h)); }

}  // namespace mql
