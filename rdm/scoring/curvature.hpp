#pragma once
/// What the gradients and the Hessian of some losses say at one point: the rivals that look at the landscape
/// instead of at the losses.

#include <cstdint>
#include <utility>
#include <vector>

#include "rdm/samplers/landscape.hpp"

namespace premelt {

/// tr Σ_g/‖g‖² from the Gram GGᵀ (n,n) of per-sample gradients, with g their mean and Σ_g their covariance
/// (divisor n): the batch size at which noise and signal of a gradient are alike (McCandlish et al.,
/// arXiv 1812.06162). NaN where g = 0.
double noise_scale(const Tensor<double>& gram);

/// λ_max of the Hessian of the mean loss, by power iteration of Hessian-vector products that starts where the
/// last call ended: θ changes little from one recording to the next. Where the eigenvalue of largest modulus
/// is negative, it goes on with H + sI, s that modulus.
class Sharpness {
 public:
  /// Random numbers of the first vector. Stops when |Hv − λv| ≤ `tolerance`·(|λ| + s), which leaves an error
  /// of that squared, times (|λ| + s) over the gap to the next eigenvalue; or after `most_products`.
  explicit Sharpness(std::uint64_t seed, double tolerance = 1e-2, std::size_t most_products = 50)
      : seed_(seed), tolerance_(tolerance), most_products_(most_products) {}

  /// vᵀHv at the last v: never above λ_max. 0 where H = 0.
  double operator()(const LossLandscape& landscape, ParameterVector theta);

  std::size_t products() const { return products_; }  ///< Hessian-vector products of the last call

 private:
  std::uint64_t seed_;
  double tolerance_;
  std::size_t most_products_;
  double shift_ = 0;            ///< s
  std::vector<double> vector_;  ///< (p) of unit length; empty before the first call
  std::size_t products_ = 0;
};

/// Two minibatches, as numbers of samples.
using BatchPair = std::pair<std::vector<std::size_t>, std::vector<std::size_t>>;

/// Pairs of minibatches that share no sample, each half of `samples` at most; `batch` samples otherwise. None
/// of fewer than 2 samples.
std::vector<BatchPair> batch_pairs(std::size_t samples, std::size_t batch, std::size_t pairs,
                                   std::uint64_t seed);

/// Medians over pairs of minibatches A and B. Both are 0 where the order of two steps makes no difference,
/// and `defect` goes to `limit` as η → 0 (the defect: arXiv 2602.16967). NaN without pairs, and of pairs
/// whose gradients vanish.
struct Commutator {
  double defect;  ///< ‖θ_AB − θ_BA‖/(‖ηg_A‖‖ηg_B‖), θ_AB after a step down g_A and then one down g_B
  double limit;  ///< ‖H_A·g_B − H_B·g_A‖/(‖g_A‖‖g_B‖)
};

/// Steps are plain gradient descent with rate η. Four gradients and two Hessian-vector products a pair.
/// Throws UsageError unless `rate` is positive.
Commutator commutator(const LossLandscape& landscape, ParameterVector theta, double rate,
                      const std::vector<BatchPair>& pairs);

}  // namespace premelt
