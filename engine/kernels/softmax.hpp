#pragma once
/// Softmax over rows, in place.

#include <cstddef>

namespace premelt::kernels {

/// Turns every row of scores (rows, length) into its softmax.
template <class T>
void softmax_rows(std::size_t rows, std::size_t length, T* scores);

/// Turns cotangents g of the rows y of a softmax into cotangents of the scores: y∘(g - rowsum(g∘y)).
template <class T>
void softmax_rows_cotangent(std::size_t rows, std::size_t length, const T* y, T* g);

}  // namespace premelt::kernels
