// hold.h — the broker is there before the EA is: with --hold, OnInit waits for the command `begin`.
#pragma once

namespace host {

void wait_for_begin();
void begin_now();

}  // namespace host
