#pragma once
/// Which entries to take along an axis: `x(range(1, -1), 0)`.

#include <concepts>
#include <cstdint>
#include <limits>

namespace premelt {

/// Entries begin, begin + 1, ..., end - 1 along an axis. Negative numbers count from the end, as in NumPy.
struct AxisRange {
  std::int64_t begin = 0;  ///< the first
  std::int64_t end =
      std::numeric_limits<std::int64_t>::max();  ///< one past the last; the largest: to the end
};

/// All entries along an axis.
inline AxisRange range() {
  return {};
}
/// From `begin` to the end.
inline AxisRange range(std::int64_t begin) {
  return {.begin = begin};
}
/// From `begin` up to but without `end`: range(1, -1) leaves out the first and the last.
inline AxisRange range(std::int64_t begin, std::int64_t end) {
  return {begin, end};
}

/// What is taken along one axis: a range, or one entry, whose axis then disappears.
class Part {
 public:
  /// Several entries; the axis stays.
  Part(const AxisRange& several) : range_(several) {}
  /// One entry; negative numbers count from the end.
  template <std::integral I>
  Part(I one) : range_{static_cast<std::int64_t>(one)}, one_(true) {}

  const AxisRange& range() const { return range_; }  ///< for one entry, only `begin` counts
  bool one() const { return one_; }                  ///< whether the axis disappears

 private:
  AxisRange range_;
  bool one_ = false;
};

}  // namespace premelt
