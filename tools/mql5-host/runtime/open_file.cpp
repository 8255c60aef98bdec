// open_file.cpp — the buffer of an open file, and the sandbox it lies in.
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <cstring>
#include <unistd.h>
#include "open_file.h"
#include "files.h"
#include "options.h"

namespace host {

void OpenFile::load() {
  char b[65536];
  for (ssize_t n; (n = pread(fd, b, sizeof b, static_cast<off_t>(data.size()))) > 0;)
    data.append(b, static_cast<size_t>(n));
}
void OpenFile::put(const void *p, size_t n) {
  if (pos + n > data.size()) data.resize(pos + n);
  memcpy(&data[pos], p, n);
  dirty_from = dirty() ? std::min(dirty_from, pos) : pos;
  dirty_to = std::max(dirty_to, pos + n);
  pos += n;
}
size_t OpenFile::get(void *p, size_t n) {
  if (!writes() && pos + n > data.size()) load();
  n = pos < data.size() ? std::min(n, data.size() - pos) : 0;
  memcpy(p, data.data() + std::min(pos, data.size()), n);
  pos += n;
  return n;
}
bool OpenFile::write_back(size_t up_to) {
  while (dirty() && dirty_from < up_to) {
    const size_t n = std::min(up_to, dirty_to) - dirty_from;
    const ssize_t done = pwrite(fd, data.data() + dirty_from, n, static_cast<off_t>(dirty_from));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    dirty_from += static_cast<size_t>(done);
  }
  if (!dirty()) dirty_from = dirty_to = 0;
  return true;
}

std::map<int, OpenFile> &open_files() {
  static std::map<int, OpenFile> all;
  return all;
}
OpenFile *open_file(int handle) {
  const auto it = open_files().find(handle);
  if (it != open_files().end()) return &it->second;
  mql::last_error = mql::ERR_WRONG_FILEHANDLE;
  return nullptr;
}
OpenFile *open_file_by_path(const std::string &path) {
  for (auto &[handle, f] : open_files())
    if (f.path == path) return &f;
  return nullptr;
}

bool sandbox_path(const mql::string &name, bool common, std::string &path) {
  std::string s = mql::narrow(name);
  std::replace(s.begin(), s.end(), '\\', '/');
  bool good = !s.empty() && s[0] != '/' && s.find_first_of(":*?\"<>|\n\r\t") == std::string::npos;
  for (size_t i = 0; good && i <= s.size();) {  // no part may be ".."
    const size_t e = std::min(s.find('/', i), s.size());
    good = s.substr(i, e - i) != "..";
    i = e + 1;
  }
  if (!good) {
    mql::last_error = mql::ERR_WRONG_FILENAME;
    return false;
  }
  path = (common ? options.common + "/Files/" : options.sandbox + "/MQL5/Files/") + s;
  return true;
}
void make_folders(const std::string &path) {
  for (size_t i = 1; i < path.size(); i++)
    if (path[i] == '/') mkdir(path.substr(0, i).c_str(), 0777);
}

void close_all_files() {
  for (auto &[handle, f] : open_files()) {
    f.write_back(f.dirty_to);
    close(f.fd);
  }
  open_files().clear();
}
void tear_open_files() {
  for (auto &[handle, f] : open_files())
    if (f.dirty()) f.write_back(f.dirty_from + (f.dirty_to - f.dirty_from) / 2);
}

}  // namespace host
