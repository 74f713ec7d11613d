#pragma once
/// Work on an index range, split over threads so that results do not depend on how many there are.

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace premelt {

/// Calls work(begin, end) for 0..chunk, chunk..2·chunk, ... up to `count`, each once, on up to `threads`
/// threads. The chunks are the same for any number of threads; when every result goes to a place of its own,
/// so are the bits. Rethrows the first exception.
template <class Work>
void parallel_chunks(std::size_t count, std::size_t chunk, std::size_t threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto serve = [&] {
    try {
      for (std::size_t begin = next.fetch_add(chunk); begin < count; begin = next.fetch_add(chunk)) {
        work(begin, std::min(count, begin + chunk));
      }
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (std::size_t t = 1; t < threads; ++t) helpers.emplace_back(serve);
    serve();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace premelt
