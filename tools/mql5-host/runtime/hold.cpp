// hold.cpp — a test prepares the account, then lets the EA begin.
#include <condition_variable>
#include <mutex>
#include "hold.h"

namespace host {

namespace {
std::mutex hold_mutex;
std::condition_variable begun;
bool may_begin = false;
}  // namespace

void wait_for_begin() {
  std::unique_lock<std::mutex> l(hold_mutex);
  begun.wait(l, [] { return may_begin; });
}
void begin_now() {
  std::lock_guard<std::mutex> l(hold_mutex);
  may_begin = true;
  begun.notify_all();
}

}  // namespace host
