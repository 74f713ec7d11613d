#pragma once
/// Loss series and comparisons shared by the tests of this folder.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "engine/tensor/random.hpp"
#include "engine/tensor/tensor.hpp"
#include "rdm/window/loss_window.hpp"

namespace premelt::testing {

inline constexpr Detrend all_detrends[] = {Detrend::none, Detrend::linear, Detrend::diff};

/// False when either is NaN.
inline bool close(double a, double b, double relative) {
  return std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b));
}

/// (T,n) independent normal losses.
inline Tensor<double> noise(std::size_t recordings, std::size_t probes, std::uint64_t seed, double sd = 1,
                            double mean = 0) {
  Rng rng(seed, "data");
  return normal_tensor<double>(Shape{recordings, probes}, rng, sd, mean);
}

/// (T,n) running sums of noise.
inline Tensor<double> random_walk(std::size_t recordings, std::size_t probes, std::uint64_t seed) {
  Tensor<double> walk = noise(recordings, probes, seed);
  for (std::size_t t = 1; t < recordings; ++t) {
    for (std::size_t i = 0; i < probes; ++i) walk(t, i) += walk(t - 1, i);
  }
  return walk;
}

/// (T,n) a random walk of isotropic steps in d directions, which n probes follow along orthogonal patterns.
inline Tensor<double> shared_walk(std::size_t recordings, std::size_t probes, std::size_t directions,
                                  std::uint64_t seed) {
  const Tensor<double> walk = random_walk(recordings, directions, seed);
  Tensor<double> losses(Shape{recordings, probes}, 0.0);
  for (std::size_t t = 0; t < recordings; ++t) {
    for (std::size_t i = 0; i < probes - probes % directions; ++i) losses(t, i) = walk(t, i % directions);
  }
  return losses;
}

/// (T,n) losses on exact straight lines: probe i changes by `velocity[i]` per recording.
inline Tensor<double> drift(std::size_t recordings, const std::vector<double>& velocity, double start = 3) {
  Tensor<double> losses(Shape{recordings, velocity.size()});
  for (std::size_t t = 0; t < recordings; ++t) {
    for (std::size_t i = 0; i < velocity.size(); ++i)
      losses(t, i) = start + static_cast<double>(t) * velocity[i];
  }
  return losses;
}

/// A window of the last `window` rows of `losses`, having seen them all.
inline LossWindow window_over(const Tensor<double>& losses, std::size_t window) {
  LossWindow result(losses.shape()[1], window);
  for (std::size_t t = 0; t < losses.shape()[0]; ++t) result.push(losses.row(t));
  return result;
}

}  // namespace premelt::testing
