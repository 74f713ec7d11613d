#pragma once
/// One landscape at one step, seen through several distributions: the numbers of `premelt compare`.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/tensor/numbers.hpp"
#include "rdm/proposition/agreement.hpp"
#include "rdm/proposition/sampled_error.hpp"
#include "rdm/samplers/landscape.hpp"
#include "rdm/samplers/sgld.hpp"

namespace premelt {

/// A number that only one sampler has, by its name in JSON.
using Extra = std::pair<std::string, std::variant<std::size_t, double>>;

/// A covariance that a sampler drew, beside its linear model.
struct Comparison {
  double sigma = undefined;          ///< the width, of a sampler that draws once for each
  std::size_t draws = 0;             ///< rows behind the covariance; effective ones, for chains
  Agreement agreement = {};          ///< with GΣGᵀ
  CovarianceSummary second = {};     ///< the model with both second-order terms; empty where it is not made
  SampledError error_order1 = {};    ///< of GΣGᵀ: that of `agreement`, for the slope in sigma
  SampledError error_order2 = {};    ///< of `second`; where its terms are drawn too, their error is included
  std::vector<Extra> extras = {};    ///< further numbers
  std::vector<double> trace = {};    ///< the mean loss along the chains, where there are chains
  std::string note = {};             ///< a line below the tables: what their numbers do not say
  bool linear_is_reference = false;  ///< GΣGᵀ is no model of C here, but C where the data say nothing
  /// The same error for windows of other lengths that end here: 8W, 4W, ... down to 3, as far as is recorded.
  std::vector<std::pair<std::size_t, double>> by_window = {};
};

/// A Langevin chain, its options as they were chosen for it.
struct SgldComparison {
  SgldOptions options;  ///< as chosen
  SgldResult result;    ///< what the chains gave
  Agreement agreement;  ///< with GGᵀ/γ, the linear model where the data say nothing
};

/// The three signals' course along training, with the Gaussian one where no window is full yet.
struct Glance {
  std::int64_t step = 0;             ///< of training
  double shc_gaussian = undefined;   ///< of C/σ²
  double pr_gaussian = undefined;    ///< of C
  double shc_linear = undefined;     ///< of GGᵀ
  double pr_linear = undefined;      ///< of GGᵀ
  double shc_dynamical = undefined;  ///< of the window, loss⁴
  double pr_dynamical = undefined;   ///< of the window
};

/// Progress that nobody follows.
inline void in_silence(const std::string&) {}

/// What is compared, and how thoroughly.
struct ComparisonOptions {
  std::vector<double> sigmas = {};  ///< widths of the Gaussian, ascending
  std::size_t draws = 40000;        ///< at each
  std::size_t directions = 600;     ///< of the second order, where p is too large to take them all
  double jacobian_bytes = 1e9;      ///< largest G to be made; beyond, GGᵀ is made without it
  std::uint64_t seed = 1;           ///< of all draws
  std::size_t threads = 1;          ///< changes no number
  std::function<void(const std::string&)> progress = in_silence;  ///< told what is done next

  /// The one that stands for all where one is shown.
  double middle_sigma() const { return sigmas[sigmas.size() / 2]; }
};

/// Draws of losses (M,n), a sample, beside a model of their covariance (n,n). Errors: by the jackknife over
/// 20 stretches of the rows.
Agreement compare_losses(const Tensor<double>& losses, const Tensor<double>& linear, const Blocks& blocks);

/// One for each σ, with σ²GGᵀ. Without G in memory there is neither a second order nor a control variate: C
/// is then the paired estimate. Errors: by the jackknife over 20 groups of draws. Extra: `odd_share`,
/// ‖C_odd‖/‖C‖, near 1 in the linear regime.
std::vector<Comparison> compare_gaussian(const LossLandscape& landscape, ParameterVector theta,
                                         const Blocks& blocks, const ComparisonOptions& options);

/// The least-squares slope of the log error against log σ, of the errors above the Monte-Carlo floor and
/// below 5 %, where they follow a power. All σ see the same draws, so their errors rise and fall together and
/// the slope is known better than independent ones would tell: its standard error leaves the same batch out
/// at every σ.
Measured slope_in_sigma(const std::vector<Comparison>& all, SampledError Comparison::*error);

/// With GΣ_trajGᵀ, G at the window's mean. `history` holds the newest recorded θ (rows, p), as many as there
/// are; the agreement is undefined until the window is full. Errors: by the jackknife over 10 stretches of
/// the window. The window is itself the distribution, so they tell how far a number rests on one stretch of
/// it, the drift included.
Comparison compare_dynamical(const LossLandscape& landscape, const Tensor<double>& history,
                             std::size_t window, const Blocks& blocks, const ComparisonOptions& options);

/// With GΣGᵀ, Σ the copies' covariance. `copies` holds the θ of R replicas (R,p); a sample, so both sides
/// divide by R − 1. Errors: by the jackknife over copies.
Comparison compare_replica(const LossLandscape& landscape, const Tensor<double>& copies, const Blocks& blocks,
                           const ComparisonOptions& options);

/// L is the mean loss of `data`, N samples, or where that is null the mean probe loss, N = n; β = 1/ln N and
/// γ = 1/σ² of the middle σ: where the data say nothing the chain samples that Gaussian. The step is
/// 0.2/λ_max(A), by power iteration; a step sees 32 samples. Errors: by the jackknife over 20 stretches of
/// the chains, which are long against their correlation.
SgldComparison compare_sgld(const LossLandscape& landscape, const LossLandscape* data, ParameterVector theta,
                            const Blocks& blocks, const ComparisonOptions& options);

/// The newest rows of `history` are the window; `step` is left to the caller.
Glance glance(const LossLandscape& landscape, ParameterVector theta, const Tensor<double>& history,
              std::size_t window, const ComparisonOptions& options);

/// How many windows of history `by_window` looks at.
inline constexpr std::size_t windows_of_history = 8;

/// @{
/// 40000 draws for small models and 600 directions, both fewer in proportion where one evaluation of the
/// losses handles more than 500 000 numbers; at least 400 and 60.
std::size_t default_draws(const LossLandscape& landscape);
std::size_t default_directions(const LossLandscape& landscape);
/// @}

}  // namespace premelt
