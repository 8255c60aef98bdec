// clock.h — the host's two clocks: the PC's, which may be set, and the broker's, which may not.
#pragma once

namespace host {

void clock_begin(long start_gmt_ms);  // 0: now
long mono_ms();                       // never jumps: durations, GetTickCount64
long mono_us();
long pc_ms();      // GMT as the PC believes it
long broker_ms();  // GMT as it is at the broker
long server_ms();  // the broker's own zone: what ticks and deals carry
long server_offset_s();
void clock_jump(long ms);                    // somebody sets the PC's clock
void clock_not_before(long server_time_ms);  // a restarted account's time does not go back

}  // namespace host
