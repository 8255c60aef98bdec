// faults.h — what goes wrong between terminal and broker, as a test asks for it.
#pragma once
#include <string>
#include "mql_api.h"

namespace host {

struct Fault {
  enum Answer { Given, Lost } answer = Given;
  bool executed = true;  // false: the request itself was lost
  int late_ms = 0;       // the broker acts so long after the answer was lost
  mql::uint lost_code = 10012;
  mql::uint reject = 0;  // the broker refuses with this code
  double partial = 0;    // fill so much of it
  int moved_points = 0;  // a requote: the price went away
};

// Takes what is due for the next request off the list.
Fault next_fault();
// Under broker_lock; false: no such fault.
bool set_reject(mql::uint code, int n, int moved_points);
void set_lost(bool executed, int n, mql::uint code, int late_ms);
void set_partial(double fraction, int n);
void set_lost_after(int ms);
int lost_after_ms();
void clear_faults();

// What the broker makes of a comment: "keep", "cut N", "drop", "replace TEXT".
bool set_comments(const std::string &mode, const std::string &argument);
std::string broker_comment(const std::string &comment);

}  // namespace host
