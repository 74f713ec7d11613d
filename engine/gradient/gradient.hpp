#pragma once
/// Reverse-mode differentiation: one sweep over the tape, from the output back to the earliest input.

#include <optional>
#include <vector>

#include "engine/tape/tape.hpp"

namespace premelt {

/// How `gradient` starts and what it leaves behind.
template <class T>
struct GradientOptions {
  /// ∂(something)/∂output; by default 1 for an output of one element.
  std::optional<Var<T>> cotangent = std::nullopt;
  /// Record the backward pass too, so that the gradients can be differentiated again.
  bool create_graph = false;
};

/// The cotangents of `inputs`: for input x, Jᵀ·cotangent with J = ∂output/∂x, of x's shape (zeros when the
/// output does not depend on x). Inputs may be leaves or intermediate results. Only what lies between them
/// and the output is computed. Throws Error when `output` or an input is not on a tape, or is stale, or when
/// a leaf's numbers were changed in place after it was recorded; ShapeError when the output has more than one
/// element and no cotangent is given, or the cotangent's shape is not the output's. Results may share buffers
/// with each other and with the tape: clone before changing numbers in place.
template <class T>
std::vector<Var<T>> gradient(const Var<T>& output, const std::vector<Var<T>>& inputs,
                             const GradientOptions<T>& options = {});

/// Throws Error unless output and inputs are live on one tape, whose leaves still have their numbers.
template <class T>
void check_gradient_arguments(const Var<T>& output, const std::vector<Var<T>>& inputs);

}  // namespace premelt
