#pragma once
/// Softmax over rows, in place, and its logarithm.

#include <cstddef>

namespace premelt::kernels {

/// Turns every row of scores (rows, length) into its softmax.
template <class T>
void softmax_rows(std::size_t rows, std::size_t length, T* scores);

/// Turns cotangents g of the rows y of a softmax into cotangents of the scores: y∘(g - rowsum(g∘y)).
template <class T>
void softmax_rows_cotangent(std::size_t rows, std::size_t length, const T* y, T* g);

/// log Σ exp of a row in two parts. Differences to the row's elements, of which a log-probability consists,
/// lose nothing when they are taken from `top` first: `excess` may be far below the last digit of `top`.
struct LogSumExp {
  double top;     ///< the row's maximum
  double excess;  ///< log Σ exp(x - top) >= 0; NaN unless `top` is finite
};

/// Of a row of `length` > 0 numbers; `scratch` has room for as many.
template <class T>
LogSumExp log_sum_exp(std::size_t length, const T* row, T* scratch);

}  // namespace premelt::kernels
