#pragma once
/// A counter-based random generator with named streams: the same seed gives the same bits on every platform
/// with IEEE 754 doubles. Only integers, + - * /, comparisons and square roots enter, which all processors
/// round alike, and no function of the C library; code that uses it must be compiled without contraction of
/// products and sums (-ffp-contract=off), as the targets of this project are.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): ten rounds of a
/// keyed bijection of a 128-bit counter.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// The number that a random word stands for: the middle of one of 2^53 equal steps of the open interval
/// (0,1), rounded to a double; the last one is 1 - 2^-53.
double unit_interval(std::uint64_t word);

/// A stream of random numbers, named by (seed, purpose): "init", "data", "noise", "probes", "sampling", ...
/// Streams of different names are independent, so adding a draw to one never shifts another.
class Rng {
 public:
  /// Everything needed to continue a stream bit for bit.
  struct State {
    std::uint64_t key = 0;                          ///< from seed and name
    std::uint64_t position = 0;                     ///< number of 64-bit words drawn so far
    bool operator==(const State&) const = default;  ///< the same stream at the same place
  };

  /// The stream of that name, at its beginning.
  Rng(std::uint64_t seed, std::string_view stream);
  /// The stream from where `state` was taken.
  explicit Rng(const State& state) : state_(state) {}
  const State& state() const { return state_; }  ///< to continue from

  /// The next 64-bit word.
  std::uint64_t bits();
  /// Uniform on the open interval (0,1), 53 bits.
  double uniform() { return unit_interval(bits()); }
  /// Uniform between low and high, which rounding can reach.
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal by inversion (Wichura's algorithm AS 241), one word a deviate.
  double normal();
  /// Uniform on 0..n-1, without modulo bias. Throws Error when n is 0.
  std::uint64_t below(std::uint64_t n);

 private:
  State state_;
  std::uint64_t buffered_block_ = ~std::uint64_t{0};
  std::array<std::uint32_t, 4> block_{};
};

/// The quantile function of the standard normal, within 1e-15 of the exact value in relative terms (AS 241,
/// PPND16, with a logarithm of our own in the tails). Infinite at 0 and 1, NaN outside.
double normal_quantile(double probability);

/// A tensor of i.i.d. N(mean, sd²) numbers, one word each.
template <class T>
Tensor<T> normal_tensor(const Shape& shape, Rng& rng, double sd = 1.0, double mean = 0.0) {
  Tensor<T> tensor(shape);
  for (T& value : tensor.flat()) value = static_cast<T>(mean + sd * rng.normal());
  return tensor;
}

/// Shuffles `values` in place (Fisher-Yates).
template <class Range>
void shuffle(Range& values, Rng& rng) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[rng.below(i)]);
}

}  // namespace premelt
