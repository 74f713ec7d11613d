#pragma once
/// Freed buffers, kept for the next tensor of the same size. Internal to tensor.cpp.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace premelt {

/// A training step asks for the same sizes again and again, and memory handed back to the system costs a page
/// fault every 4 KB when it returns: a third of a small transformer's step. Holds `byte_limit` bytes at most;
/// what has lain there longest makes room. `Buffer` has a vector `values` and is made from its size.
template <class Buffer>
class BufferStore {
 public:
  /// An empty store.
  explicit BufferStore(std::size_t byte_limit) : byte_limit_(byte_limit) {}

  /// A buffer of that size: the one freed last, or a new one.
  std::unique_ptr<Buffer> take(std::size_t size) {
    std::vector<Kept>& same_size = by_size_[size];
    if (same_size.empty()) return std::make_unique<Buffer>(size);
    std::unique_ptr<Buffer> buffer = std::move(same_size.back().buffer);
    same_size.pop_back();
    bytes_ -= footprint(*buffer);
    return buffer;
  }

  /// Keeps a freed buffer, unless it is larger than the whole store.
  void keep(std::unique_ptr<Buffer> buffer) {
    const std::size_t size = footprint(*buffer);
    if (size > byte_limit_) return;
    while (bytes_ + size > byte_limit_) drop_oldest();
    bytes_ += size;
    std::vector<Kept>& same_size = by_size_[buffer->values.size()];
    same_size.push_back({next_age_++, std::move(buffer)});
  }

  std::size_t bytes() const { return bytes_; }  ///< kept at present

 private:
  struct Kept {
    std::uint64_t age;  ///< rises with time
    std::unique_ptr<Buffer> buffer;
  };

  /// Looks at every size, but only a full store ever does.
  void drop_oldest() {
    std::erase_if(by_size_, [](const auto& entry) { return entry.second.empty(); });
    std::vector<Kept>& oldest = std::ranges::min_element(by_size_, {}, [](const auto& entry) {
                                  return entry.second.front().age;
                                })->second;
    bytes_ -= footprint(*oldest.front().buffer);
    oldest.erase(oldest.begin());
  }

  static std::size_t footprint(const Buffer& buffer) {
    return buffer.values.size() * sizeof(*buffer.values.data()) + 64;
  }

  std::size_t byte_limit_, bytes_ = 0;
  std::uint64_t next_age_ = 0;
  std::unordered_map<std::size_t, std::vector<Kept>> by_size_;  ///< oldest first
};

}  // namespace premelt
