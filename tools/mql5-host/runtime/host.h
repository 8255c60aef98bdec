// host.h — the parts that the main loop puts together.
#pragma once
#include <string>

namespace host {

std::string apply_inputs();
// A control command; the JSON of its reply.
std::string run_command(const std::string &line);
void handler_timed(const char *handler, long microseconds);
std::string timings_json();

}  // namespace host
