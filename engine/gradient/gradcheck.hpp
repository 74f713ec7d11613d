#pragma once
/// Checks derivatives against central differences along random directions: one backward pass and four
/// evaluations a direction, whatever the number of inputs. The first thing to run on a new op.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/tape/var.hpp"

namespace premelt {

/// A differentiable function of some tensors; its output may have any shape.
using Differentiable = std::function<Var<double>(const std::vector<Var<double>>&)>;

/// What `gradcheck` looks at, and how closely.
struct GradcheckOptions {
  int order = 1;       ///< 2 checks gradients of gradients too, 3 once more, ...
  int directions = 3;  ///< random directions for each input
  double step = 1e-3;  ///< h of the differences
  /// Errors are relative to the largest of |analytic|, |numeric|, the gradient's norm and this.
  double floor = 1e-4;
  std::uint64_t seed = 0;  ///< of the random directions and cotangents
};

/// The worst disagreement found.
struct GradcheckReport {
  double error = 0;       ///< the worst relative error; NaN when anything was NaN
  int order = 0;          ///< at which order of derivative
  std::size_t input = 0;  ///< along which input
  double analytic = 0;    ///< the directional derivative by backward
  double numeric = 0;     ///< and by differences

  /// True only for a number no larger than `tolerance`: NaN never passes.
  bool within(double tolerance) const { return error <= tolerance; }
};

/// "relative error 3.2e-11 in input 1 at order 2: backward 0.123, differences 0.123"
std::string to_string(const GradcheckReport& report);

/// The output is contracted with a random cotangent c, s = c·f; ∇s·v is compared with the fourth-order
/// difference [8(s(x+hv) - s(x-hv)) - (s(x+2hv) - s(x-2hv))] / 12h, once with the plain gradient and once
/// with the recorded one
/// (`create_graph`). Order k+1 repeats this with f replaced by its gradient, contracted with random
/// directions. Throws Error when nothing would be compared: no inputs, an input or output without elements,
/// no directions, an order below 1, a step that is not positive.
GradcheckReport gradcheck(const Differentiable& f, const std::vector<Tensor<double>>& at,
                          const GradcheckOptions& options = {});

}  // namespace premelt
