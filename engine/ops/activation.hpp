#pragma once
/// Non-linearities beyond the elementary functions, and dropout.

#include "engine/ops/elementwise.hpp"
#include "engine/tape/var.hpp"
#include "engine/tensor/random.hpp"

namespace premelt {

/// x^exponent. For a negative x the exponent must be whole, else the result is NaN.
template <class T>
Var<T> pow(const Var<T>& x, double exponent);

/// base^exponent, element by element; the two broadcast. A negative base has a value for whole exponents
/// only, and no slope in the exponent (NaN). As in PyTorch, the slope in the base is 0 where the exponent is
/// 0, and the slope in the exponent 0 where the base is 0 and the exponent not negative.
template <class T>
Var<T> pow(const Var<T>& base, const Operand<T>& exponent);

/// The logistic function 1/(1 + e⁻ˣ): 0 and 1 far out, never NaN for a number.
template <class T>
Var<T> sigmoid(const Var<T>& x);

/// x·sigmoid(x) (Elfwing et al., arXiv 1702.03118), also called swish.
template <class T>
Var<T> silu(const Var<T>& x);

/// Φ(x), the distribution function of the standard normal: ½(1 + erf(x/√2)), to the accuracy of a number near
/// 1; far in the left tail, where Φ is smaller than that, it is 0.
template <class T>
Var<T> normal_cdf(const Var<T>& x);

/// x·Φ(x), exactly (Hendrycks and Gimpel, arXiv 1606.08415); PyTorch's default.
template <class T>
Var<T> gelu(const Var<T>& x);

/// Multiplies each element by 0 with probability `rate` and divides the others by 1 - rate. Call it in
/// training only. An infinity or NaN that is dropped becomes NaN, as in PyTorch: it is not hidden. Throws
/// Error unless 0 <= rate < 1.
template <class T>
Var<T> dropout(const Var<T>& x, double rate, Rng& rng);

}  // namespace premelt
