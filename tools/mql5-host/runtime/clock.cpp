// clock.cpp — both clocks run on the steady clock, so that nothing outside the test moves them.
#include "clock.h"
#include <atomic>
#include <chrono>
#include "options.h"

namespace host {

namespace {
std::atomic<long> wall_start{0}, mono_start{0}, pc_shift{0};
}

long mono_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}
long mono_ms() { return mono_us() / 1000; }

void clock_begin(long start_gmt_ms) {
  using namespace std::chrono;
  const long now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  mono_start = mono_ms();
  wall_start = start_gmt_ms ? start_gmt_ms : now;
}
long broker_ms() { return wall_start + (mono_ms() - mono_start); }
long pc_ms() { return broker_ms() + pc_shift; }
long server_offset_s() { return switches.server_off + switches.dst_off; }
long server_ms() { return broker_ms() + server_offset_s() * 1000; }
void clock_jump(long ms) { pc_shift += ms; }
void clock_not_before(long server_time_ms) {
  const long behind = server_time_ms - server_ms();
  if (behind >= 0) wall_start += behind + 1;
}

}  // namespace host
