#pragma once
/// Refusing what the machine has no memory for, before any of it is taken.

#include <string>

namespace premelt {

/// Bytes this process may take: the machine's memory and swap, the limit of its container (cgroup) or of
/// `ulimit -v`, whichever is least. The environment variable PREMELT_MEMORY ("64G", "500M" or bytes) replaces
/// it. Throws UsageError when the variable is no such number.
double machine_memory();

/// Throws UsageError when `bytes` are more than the machine has; `what` says what for: "the losses of 10^12
/// recordings". A double, because what is asked for may not fit into an integer.
void require_memory(double bytes, const std::string& what);

/// From here on an allocation beyond `machine_memory` fails with std::bad_alloc, so that the program can say
/// so; otherwise the system would first swap and then kill it. Nothing happens under the sanitizers, which
/// reserve address space without end.
void limit_memory();

/// "1.5 GB"
std::string memory_text(double bytes);

}  // namespace premelt
