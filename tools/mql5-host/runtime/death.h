// death.h — the process ends at a chosen step: the K-th call of a function, before or after its effect.
#pragma once
#include <string>

namespace host {

// Put at the top of every API function that touches the outside world.
class Step {
  const char *name;

 public:
  explicit Step(const char *function);
  ~Step();
  void sent();  // OrderSend: the broker has the request and has not acted yet
  Step(const Step &) = delete;
  Step &operator=(const Step &) = delete;
};

// "NAME[:before|:sent|:after] K" or "any[:…] K", counted from now; "" when understood, else what is wrong.
std::string die_at(const std::string &rule);
void die_at_clear();
[[noreturn]] void die(const std::string &where);

}  // namespace host
