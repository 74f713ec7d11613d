#pragma once
/// A covariance beside its linear model GΣGᵀ, in numbers with error bars. (ours)

#include <string>
#include <vector>

#include "engine/tensor/numbers.hpp"
#include "engine/tensor/tensor.hpp"
#include "rdm/window/blocks.hpp"

namespace premelt {

/// NaN where undefined.
struct Measured {
  double value = undefined;  ///< the estimate
  double error = undefined;  ///< one standard error
  /// Instead of the error, where the value does not stand out from sampling noise: the truth is below this.
  double below = undefined;
};

/// "1.2e-03 ± 4e-05", "< 0.01"; "-" when undefined, and no error bar where there is none.
std::string to_string(const Measured& measured);

/// What one covariance says by itself.
struct CovarianceSummary {
  Tensor<double> covariance;        ///< (n,n); empty when it could not be made
  Measured shc;                     ///< loss⁴
  Measured pr;                      ///< participation ratio
  std::vector<Measured> energy;     ///< tr(C_bb)/tr C, by block
  std::vector<Measured> top_share;  ///< Σ_{i in b} v_1i², by block
  Measured within;  ///< Σ_b ‖C_bb‖_F²/‖C‖_F²: how much stays inside blocks; the rest is between them
};

/// Two covariances, and how far they agree.
struct Agreement {
  CovarianceSummary own;         ///< C
  CovarianceSummary linear;      ///< GΣGᵀ
  Measured error;                ///< ‖linear − C‖_F/‖C‖_F
  Measured shc_ratio;            ///< of C over that of the linear model
  Measured pr_ratio;             ///< the same of PR
  Measured top_overlap;          ///< |v_1·w_1|
  std::vector<Measured> angles;  ///< the three principal angles of the leading eigenvectors, radians
  /// Standard error of C itself, in the Frobenius norm and relative to it: what no error can be told below.
  double mc_error = undefined;
};

/// Of a covariance (n,n). No errors yet. Throws ShapeError when it is not square or the numbers of probes
/// differ.
CovarianceSummary summarise(const Tensor<double>& covariance, const Blocks& blocks);

/// `linear` may be empty: then only `own` is known. No errors yet.
Agreement agree(const Tensor<double>& covariance, const Tensor<double>& linear, const Blocks& blocks);

/// Standard errors by the jackknife: `without` holds the same agreement with each group of draws left out in
/// turn. The groups must be independent of each other, or long against the draws' correlation.
void set_errors(Agreement& agreement, std::vector<Agreement> without);

/// Takes the bias of few draws off PR, of both covariances, and off the relative error: R·x − (R−1)·x̄ with x̄
/// the mean over `without` (Quenouille's jackknife), kept within 1 ≤ PR ≤ n and error ≥ 0. A sample of R
/// draws has a more uneven spectrum than its population, PR ≈ dR/(d + R) for d; that is of order 1/R, as
/// large as the scatter of 16 copies, and leaving one out shares it. What is left is of order 1/R².
void remove_bias(Agreement& agreement, const std::vector<Agreement>& without);

}  // namespace premelt
