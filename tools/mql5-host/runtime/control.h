// control.h — control commands: a table, so that an unknown one can be answered with those there are.
#pragma once
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace host {

class Words {
  std::istringstream is;

 public:
  bool missing = false;
  explicit Words(const std::string &line) : is(line) {}
  std::string text();
  double number();
  long integer();
  unsigned long id();
  double number_or(double none);
  long integer_or(long none);
  std::string rest();
  bool on();  // "on" or "off"
};

struct Command {
  const char *name, *usage;
  std::function<std::string(Words &)> run;  // JSON of the reply; under broker_lock
};
using Commands = std::vector<Command>;

const Commands &market_commands();
const Commands &trade_commands();
const Commands &fault_commands();
const Commands &host_commands();

std::string error_json(const std::string &what);
std::string state_json();

}  // namespace host
