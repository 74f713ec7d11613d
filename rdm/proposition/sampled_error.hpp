#pragma once
/// How far a model is from a covariance that is known from draws only. (ours)

#include <vector>

#include "rdm/proposition/agreement.hpp"
#include "rdm/samplers/estimate.hpp"

namespace premelt {

/// A relative error with what is needed to build on it.
struct SampledError {
  Measured measured;  ///< `value` with `error`, or with `below`
  /// The same with each batch of C's draws left out in turn; NaN where that leaves nothing.
  std::vector<double> without;
};

/// ‖model − C‖_F/‖C‖_F. The norm of a sampled difference holds the norm of its noise, so squared standard
/// errors are subtracted from squared norms: e² = (‖M̂ − Ĉ‖² − s_C² − s_M²)/(‖Ĉ‖² − s_C²), unbiased above and
/// below. Its jackknife error follows from C's batches and, where there are any, the model's. Where e² is
/// less than 4 of its standard errors the root (0 where e² < 0) says little but that it is small: instead of
/// its error `below` is given then, √(e² + (s_C² + s_M²)/‖Ĉ‖² + 2.1 standard errors), which is never below
/// the Monte-Carlo floor. With fewer than 3 batches of C: the plain ratio, without an error.
SampledError sampled_error(const Estimate& model, const Estimate& c);

/// Student's t at 97.5 % for the standard error of `groups` groups: a 95 % interval is ± t·error.
double interval_factor(std::size_t groups);

}  // namespace premelt
