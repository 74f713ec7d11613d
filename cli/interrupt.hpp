#pragma once
/// Ctrl-C.

#include <atomic>

namespace premelt::cli {

/// From now on the first SIGINT or SIGTERM only sets the flag returned here, and wakes what waits for input;
/// a second one of its kind ends the program.
const std::atomic<bool>& catch_interrupts();

}  // namespace premelt::cli
