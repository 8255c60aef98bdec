// open_file.h — one open file of the EA. What it writes stays in the process until FileFlush or FileClose.
#pragma once
#include <map>
#include <string>
#include "mql_api.h"

namespace host {

struct OpenFile {
  std::string path;
  int flags = 0, fd = -1;
  char16_t delimiter = u'\t';
  mql::uint codepage = 0;
  std::string data;  // a writer has all of the file here; a reader what it has read so far
  size_t pos = 0, dirty_from = 0, dirty_to = 0;
  bool line_ended = false;

  bool writes() const { return flags & FILE_WRITE; }
  bool reads() const { return flags & FILE_READ; }
  bool binary() const { return flags & FILE_BIN; }
  bool csv() const { return flags & FILE_CSV; }
  bool wide() const { return !(flags & FILE_ANSI); }
  bool dirty() const { return dirty_to > dirty_from; }
  void load();  // the rest of the file, as it is on the disk now
  void put(const void *p, size_t n);
  size_t get(void *p, size_t n);
  bool write_back(size_t up_to);  // up to this place of the file
};

std::map<int, OpenFile> &open_files();
OpenFile *open_file(int handle);  // or ERR_WRONG_FILEHANDLE
OpenFile *open_file_by_path(const std::string &path);
// The place of a name in the sandbox; false and ERR_WRONG_FILENAME when it would lead out of it.
bool sandbox_path(const mql::string &name, bool common, std::string &path);
void make_folders(const std::string &path);

}  // namespace host
