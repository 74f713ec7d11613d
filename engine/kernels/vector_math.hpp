#pragma once
/// Elementary functions over arrays, in SIMD. `x` and `y` may be the same array.

#include <cstddef>

namespace premelt::kernels {

/// @{
/// y_i = exp(x_i), and so on, for i < n: within 3 units in the last place for all numbers, with the limits
/// that infinities have, and NaN for NaN.
template <class T>
void exp(std::size_t n, const T* x, T* y);
template <class T>
void log(std::size_t n, const T* x, T* y);
template <class T>
void tanh(std::size_t n, const T* x, T* y);
template <class T>
void erf(std::size_t n, const T* x, T* y);
/// @}

/// Σ x_i, accumulated in double.
template <class T>
double sum(std::size_t n, const T* x);

/// Σ x_i·y_i, in double throughout.
template <class T>
double dot(std::size_t n, const T* x, const T* y);

/// The largest element, for n > 0; with a NaN among them, any of them.
template <class T>
T maximum(std::size_t n, const T* x);

}  // namespace premelt::kernels
