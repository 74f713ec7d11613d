#pragma once
/// Bytes of the heap in use now.

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
// Part of the sanitizer's run-time library; not every compiler brings the header.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#else
#include <malloc.h>
#endif

namespace premelt::test {

inline std::size_t live_memory() {
#if defined(__SANITIZE_ADDRESS__)
  return __sanitizer_get_current_allocated_bytes();
#else
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

}  // namespace premelt::test
