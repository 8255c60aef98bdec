// faults.cpp — the faults that wait for the next requests.
#include <cstdlib>
#include "faults.h"
#include "account.h"

namespace host {

namespace {
Fault rejecting, losing, filling;
int rejects = 0, losses = 0, partials = 0, lost_after = -1;
std::string comment_mode = "keep", comment_argument;
}  // namespace

Fault next_fault() {
  Fault f;
  if (rejects > 0) {
    rejects--;
    f.reject = rejecting.reject;
    f.moved_points = rejecting.moved_points;
  }
  if (losses > 0) {
    losses--;
    f.answer = Fault::Lost;
    f.executed = losing.executed;
    f.late_ms = losing.late_ms;
    f.lost_code = losing.lost_code;
  }
  if (partials > 0) {
    partials--;
    f.partial = filling.partial;
  }
  return f;
}
bool set_reject(mql::uint code, int n, int moved_points) {
  rejecting.reject = code;
  rejecting.moved_points = moved_points;
  rejects = n;
  return code > 0;
}
void set_lost(bool executed, int n, mql::uint code, int late_ms) {
  losing.executed = executed;
  losing.lost_code = code;
  losing.late_ms = late_ms;
  losses = n;
}
void set_partial(double fraction, int n) {
  filling.partial = fraction;
  partials = n;
}
void set_lost_after(int ms) { lost_after = ms; }
int lost_after_ms() { return lost_after; }
void clear_faults() {
  rejects = losses = partials = 0;
  lost_after = -1;
  comment_mode = "keep";
}

bool set_comments(const std::string &mode, const std::string &argument) {
  if (mode != "keep" && mode != "cut" && mode != "drop" && mode != "replace") return false;
  comment_mode = mode;
  comment_argument = argument;
  return true;
}
std::string broker_comment(const std::string &comment) {
  if (comment_mode == "drop") return "";
  if (comment_mode == "replace") return cut_chars(comment_argument, 31);
  const size_t most = comment_mode == "cut" ? strtoul(comment_argument.c_str(), nullptr, 10) : 31;
  return cut_chars(comment, most < 31 ? most : 31);
}

}  // namespace host
