#pragma once
/// How a matrix is read.

namespace premelt::blas {

/// Whether a matrix is used as it lies or transposed.
enum class Transpose { no, yes };

}  // namespace premelt::blas
