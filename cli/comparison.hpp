#pragma once
/// One landscape at one step, seen through several distributions: the numbers of `premelt compare`.

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "rdm/landscape.hpp"
#include "rdm/samplers/sgld.hpp"

namespace premelt::cli {

inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// A covariance C from draws beside its linear model. Errors are relative Frobenius errors; NaN where
/// undefined.
struct Agreement {
  double error = undefined;  ///< ‖linear − C‖/‖C‖
  double shc = undefined, pr = undefined;
  double shc_linear = undefined, pr_linear = undefined;
  double top_overlap = undefined;
  std::vector<double> angles;  ///< principal angles of the three leading eigenvectors, in radians
  Tensor<double> covariance;   ///< (n,n)
  Tensor<double> linear;       ///< (n,n); empty when it could not be made
};

struct GaussianComparison {
  double sigma = 0;
  std::size_t draws = 0;
  Agreement agreement;              ///< with σ²GGᵀ
  double error_order2 = undefined;  ///< with both second-order terms
  Tensor<double> second;            ///< (n,n) that model; empty without G
  double mc_error = undefined;      ///< standard error of C, relative
  double shc_error = undefined, pr_error = undefined, overlap_error = undefined;  ///< by the jackknife
  double odd_share = undefined;  ///< ‖C_odd‖/‖C‖: near 1 in the linear regime
};

struct DynamicalComparison {
  std::size_t window = 0;  ///< W, in recordings; the agreement is undefined until it is full
  Agreement agreement;     ///< with GΣ_trajGᵀ, G at the window's mean
  /// The same error for windows of other lengths that end here: 8W, 4W, ... down to 3, as far as is recorded.
  std::vector<std::pair<std::size_t, double>> by_window;
};

struct SgldComparison {
  SgldOptions options;
  SgldResult result;
  Agreement agreement;  ///< with GGᵀ/γ, the linear model where the data say nothing
};

struct StepComparison {
  std::int64_t step = 0;
  std::vector<GaussianComparison> gaussian;
  std::optional<DynamicalComparison> dynamical;
  std::optional<Agreement> replica;  ///< with GΣGᵀ, Σ the copies' covariance
  std::optional<SgldComparison> sgld;
};

/// The three signals' course along training, with the Gaussian one where no window is full yet.
struct Glance {
  std::int64_t step = 0;
  double shc_gaussian = undefined, pr_gaussian = undefined;  ///< C/σ²
  double shc_linear = undefined, pr_linear = undefined;      ///< GGᵀ
  double shc_dynamical = undefined, pr_dynamical = undefined;
};

struct ComparisonOptions {
  std::vector<double> sigmas;
  std::size_t draws = 40000;
  double jacobian_bytes = 1e9;  ///< largest G to be made; beyond, GGᵀ is made without it
  std::uint64_t seed = 1;
  std::size_t threads = 1;
};

/// Without G in memory there is neither a second order nor a control variate: C is then the paired estimate.
std::vector<GaussianComparison> compare_gaussian(const LossLandscape& landscape, ParameterVector theta,
                                                 const ComparisonOptions& options);

/// `history` holds the newest recorded θ (rows, p), as many as there are.
DynamicalComparison compare_dynamical(const LossLandscape& landscape, const Tensor<double>& history,
                                      std::size_t window, const ComparisonOptions& options);

/// `copies` holds the θ of R replicas (R,p); a sample, so both sides divide by R − 1.
Agreement compare_replica(const LossLandscape& landscape, const Tensor<double>& copies,
                          const ComparisonOptions& options);

/// The mean probe loss stands for L, with N = n, β = 1/ln n and γ = 1/σ² of the middle σ: where the data say
/// nothing the chain samples that Gaussian. The step is 0.2/λ_max(A), by power iteration.
SgldComparison compare_sgld(const LossLandscape& landscape, ParameterVector theta,
                            const ComparisonOptions& options);

Glance glance(const LossLandscape& landscape, ParameterVector theta, const Tensor<double>& history,
              std::size_t window, const ComparisonOptions& options);

/// How many windows of history `by_window` looks at.
inline constexpr std::size_t windows_of_history = 8;

/// 40000 draws for small models, fewer in proportion where n·p exceeds 500 000; at least 400.
std::size_t default_draws(const LossLandscape& landscape);

}  // namespace premelt::cli
