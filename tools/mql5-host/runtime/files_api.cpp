// files_api.cpp — opening, moving and deleting files and folders.
#include <cstdio>
#include <fcntl.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>
#include "death.h"
#include "open_file.h"

namespace mql {
using namespace host;

namespace {
constexpr size_t kMostFiles = 64;
int next_handle = 1;

bool fail(int error) {
  last_error = error;
  return false;
}
bool exists(const std::string &path, bool folder = false) {
  struct stat s;
  return stat(path.c_str(), &s) == 0 && (folder ? S_ISDIR(s.st_mode) : S_ISREG(s.st_mode));
}
// As Windows has it: a second handle only when both sides share what the other does.
bool may_share(const std::string &path, int flags) {
  for (const auto &[handle, f] : open_files()) {
    if (f.path != path) continue;
    const auto tolerates = [](int mine, int other) {
      return !((other & FILE_READ) && !(mine & FILE_SHARE_READ)) &&
             !((other & FILE_WRITE) && !(mine & FILE_SHARE_WRITE));
    };
    if (!tolerates(f.flags, flags) || !tolerates(flags, f.flags)) return false;
  }
  return true;
}
void begin_text(OpenFile &f) {
  const bool bom = f.data.size() >= 2 && f.data[0] == '\xff' && f.data[1] == '\xfe';
  if (f.binary() || !f.wide()) return;
  if (f.data.empty() && f.writes())
    f.put("\xff\xfe", 2);
  else if (bom)
    f.pos = 2;
  else
    f.flags |= FILE_ANSI;  // what is there is not UTF-16
}
bool two_paths(const string &a, int ca, const string &b, int cb, std::string &from, std::string &to) {
  return sandbox_path(a, ca & FILE_COMMON, from) && sandbox_path(b, cb & FILE_COMMON, to);
}
// What FileMove and FileCopy have in common.
bool may_replace(const std::string &from, const std::string &to, int mode) {
  if (!exists(from)) return fail(ERR_FILE_NOT_EXIST);
  if (exists(to) && !(mode & FILE_REWRITE)) return fail(ERR_FILE_CANNOT_REWRITE);
  if (open_file_by_path(to)) return fail(ERR_FILE_CANNOT_REWRITE);
  make_folders(to);
  return true;
}
}  // namespace

int FileOpen(string name, int flags, short delim, uint codepage) {
  Step step("FileOpen");
  std::string path;
  if (!sandbox_path(name, flags & FILE_COMMON, path)) return -1;
  if (open_files().size() >= kMostFiles) return fail(ERR_TOO_MANY_FILES), -1;
  if (!(flags & (FILE_BIN | FILE_CSV | FILE_TXT))) flags |= FILE_CSV;
  if (!may_share(path, flags)) return fail(ERR_CANNOT_OPEN_FILE), -1;
  const bool read = flags & FILE_READ, write = flags & FILE_WRITE;
  if (!read && !write) return fail(ERR_CANNOT_OPEN_FILE), -1;
  if (write) make_folders(path);
  const int mode = !write ? O_RDONLY : O_RDWR | O_CREAT | (read ? 0 : O_TRUNC);
  OpenFile f;
  f.path = path;
  f.flags = flags;
  f.delimiter = static_cast<char16_t>(delim);
  f.codepage = codepage;
  if (exists(path, true)) return fail(ERR_FILE_IS_DIRECTORY), -1;
  f.fd = open(path.c_str(), mode | O_CLOEXEC, 0666);
  if (f.fd < 0) return fail(ERR_CANNOT_OPEN_FILE), -1;
  f.load();
  begin_text(f);
  open_files()[next_handle] = f;
  return next_handle++;
}
void FileClose(int h) {
  Step step("FileClose");
  OpenFile *f = open_file(h);
  if (!f) return;
  if (!f->write_back(f->dirty_to)) last_error = ERR_FILE_WRITEERROR;
  close(f->fd);
  open_files().erase(h);
}
void FileFlush(int h) {
  Step step("FileFlush");
  OpenFile *f = open_file(h);
  if (!f) return;
  if (!f->write_back(f->dirty_to) || fsync(f->fd) != 0) last_error = ERR_FILE_WRITEERROR;
}
bool FileIsExist(const string name, int common) {
  std::string path;
  if (!sandbox_path(name, common & FILE_COMMON, path)) return false;
  if (exists(path)) return true;
  return fail(exists(path, true) ? ERR_FILE_IS_DIRECTORY : ERR_FILE_NOT_EXIST);
}
bool FileDelete(const string name, int common) {
  Step step("FileDelete");
  std::string path;
  if (!sandbox_path(name, common & FILE_COMMON, path)) return false;
  if (!exists(path)) return fail(ERR_FILE_NOT_EXIST);
  if (open_file_by_path(path) || unlink(path.c_str()) != 0) return fail(ERR_CANNOT_DELETE_FILE);
  return true;
}
bool FileMove(const string a, int common, const string b, int mode) {
  Step step("FileMove");
  std::string from, to;
  if (!two_paths(a, common, b, mode, from, to) || !may_replace(from, to, mode)) return false;
  if (open_file_by_path(from)) return fail(ERR_CANNOT_OPEN_FILE);
  return rename(from.c_str(), to.c_str()) == 0 || fail(ERR_FILE_WRITEERROR);
}
bool FileCopy(const string a, int common, const string b, int mode) {
  Step step("FileCopy");
  std::string from, to;
  if (!two_paths(a, common, b, mode, from, to) || !may_replace(from, to, mode)) return false;
  FILE *in = fopen(from.c_str(), "rb"), *copy = in ? fopen(to.c_str(), "wb") : nullptr;
  char b64k[65536];
  for (size_t n; copy && (n = fread(b64k, 1, sizeof b64k, in)) > 0;)
    if (fwrite(b64k, 1, n, copy) != n) break;
  const bool good = copy && !ferror(copy);
  if (in) fclose(in);
  if (copy) fclose(copy);
  return good || fail(ERR_FILE_WRITEERROR);
}
bool FolderCreate(string name, int common) {
  std::string path;
  if (!sandbox_path(name, common & FILE_COMMON, path)) return fail(ERR_WRONG_DIRECTORYNAME);
  make_folders(path + "/");
  return exists(path, true) || fail(ERR_WRONG_DIRECTORYNAME);
}
namespace {
bool clean(const std::string &path) {
  DIR *d = opendir(path.c_str());
  if (!d) return false;
  bool good = true;
  while (const dirent *e = readdir(d)) {
    const std::string name = e->d_name, full = path + "/" + name;
    if (name == "." || name == "..") continue;
    if (exists(full, true))
      good = clean(full) && rmdir(full.c_str()) == 0 && good;
    else
      good = !open_file_by_path(full) && unlink(full.c_str()) == 0 && good;
  }
  closedir(d);
  return good;
}
}  // namespace
bool FolderClean(string name, int common) {
  std::string path;
  if (!sandbox_path(name, common & FILE_COMMON, path)) return false;
  if (!exists(path, true)) return fail(ERR_DIRECTORY_NOT_EXIST);
  return clean(path) || fail(ERR_CANNOT_CLEAN_DIRECTORY);
}
bool FolderDelete(string name, int common) {
  std::string path;
  if (!sandbox_path(name, common & FILE_COMMON, path)) return false;
  if (!exists(path, true)) return fail(ERR_DIRECTORY_NOT_EXIST);
  return rmdir(path.c_str()) == 0 || fail(ERR_CANNOT_DELETE_DIRECTORY);
}

long FileGetInteger(int h, ENUM_FILE_PROPERTY_INTEGER p) {
  const OpenFile *f = open_file(h);
  if (!f) return -1;
  struct stat s;
  if (fstat(f->fd, &s) != 0) return -1;
  switch (p) {
    case FILE_EXISTS: return 1;
    case FILE_CREATE_DATE:
    case FILE_MODIFY_DATE: return s.st_mtime;
    case FILE_ACCESS_DATE: return s.st_atime;
    case FILE_SIZE: return static_cast<long>(FileSize(h));
    case FILE_POSITION: return static_cast<long>(FileTell(h));
    case FILE_END: return FileIsEnding(h);
    case FILE_LINE_END: return FileIsLineEnding(h);
    case FILE_IS_COMMON: return (f->flags & FILE_COMMON) != 0;
    case FILE_IS_TEXT: return (f->flags & FILE_TXT) != 0;
    case FILE_IS_BINARY: return f->binary();
    case FILE_IS_CSV: return f->csv();
    case FILE_IS_ANSI: return !f->wide();
    case FILE_IS_READABLE: return f->reads();
    case FILE_IS_WRITABLE: return f->writes();
  }
  return -1;
}
long FileGetInteger(const string name, ENUM_FILE_PROPERTY_INTEGER p, bool common) {
  std::string path;
  struct stat s;
  if (!sandbox_path(name, common, path)) return -1;
  const bool there = stat(path.c_str(), &s) == 0;
  if (p == FILE_EXISTS) return there;
  if (!there) return fail(ERR_FILE_NOT_EXIST), -1;
  if (p == FILE_SIZE) return s.st_size;
  if (p == FILE_CREATE_DATE || p == FILE_MODIFY_DATE) return s.st_mtime;
  return p == FILE_ACCESS_DATE ? s.st_atime : -1;
}

}  // namespace mql
