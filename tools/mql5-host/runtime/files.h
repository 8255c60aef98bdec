// files.h — the parts of the terminal's files that death and the end of the EA need.
#pragma once

namespace host {

void close_all_files();  // writes what is buffered, as the terminal does when an EA goes
void tear_open_files();  // a death in the middle of a write: half of what was buffered arrives
void globals_load();
void globals_save();

}  // namespace host
