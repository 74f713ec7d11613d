#pragma once
/// Ctrl-C, `kill`, and a terminal that goes away.

#include <atomic>

namespace premelt::cli {

/// From now on the first SIGINT, SIGTERM or SIGHUP only sets the flag returned here, and wakes what waits for
/// input; a second one of its kind ends the program. A SIGHUP that is ignored, as by nohup, stays so.
const std::atomic<bool>& catch_interrupts();

}  // namespace premelt::cli
