// file_find.cpp — FileFindFirst/Next with the wildcards of Windows.
#include <algorithm>
#include <dirent.h>
#include <fnmatch.h>
#include <map>
#include <sys/stat.h>
#include "open_file.h"

namespace mql {

namespace {
struct Search {
  std::vector<std::string> names;
  size_t next = 0;
};
std::map<long, Search> searches;
long next_search = 1;

bool take(Search &s, string &name) {
  if (s.next >= s.names.size()) return false;
  name = utf8(s.names[s.next++]);
  return true;
}
}  // namespace

long FileFindFirst(const string filter, string &name, int common) {
  std::string f = narrow(filter), folder, path;
  std::replace(f.begin(), f.end(), '\\', '/');
  const size_t slash = f.rfind('/');
  if (slash != std::string::npos) folder = f.substr(0, slash + 1);
  const std::string pattern = f.substr(folder.size());
  if (!host::sandbox_path(utf8(folder + "x"), common & FILE_COMMON, path)) return INVALID_HANDLE;
  path.pop_back();
  Search s;
  if (DIR *d = opendir(path.c_str())) {
    while (const dirent *e = readdir(d)) {
      const std::string n = e->d_name;
      struct stat st;
      if (n == "." || n == ".." || fnmatch(pattern.c_str(), n.c_str(), FNM_CASEFOLD) != 0) continue;
      const bool is_folder = stat((path + n).c_str(), &st) == 0 && S_ISDIR(st.st_mode);
      s.names.push_back(is_folder ? n + "\\" : n);
    }
    closedir(d);
  }
  std::sort(s.names.begin(), s.names.end());
  if (!take(s, name)) {
    last_error = ERR_FILE_NOT_EXIST;
    return INVALID_HANDLE;
  }
  searches[next_search] = s;
  return next_search++;
}
bool FileFindNext(long search, string &name) {
  const auto it = searches.find(search);
  if (it == searches.end()) {
    last_error = ERR_INVALID_FILEHANDLE;
    return false;
  }
  return take(it->second, name);
}
void FileFindClose(long search) { searches.erase(search); }

}  // namespace mql
