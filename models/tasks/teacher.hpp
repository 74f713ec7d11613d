#pragma once
/// The linear map a deep linear network learns, as its modes: W* = Σ_k S_k u_k v_kᵀ.

#include <vector>

#include "engine/tensor/random.hpp"
#include "engine/tensor/tensor.hpp"

namespace premelt {

/// Singular triples, strongest first.
struct Teacher {
  Tensor<double> left;            ///< (K,d_out): u_k in row k, orthonormal
  std::vector<double> strengths;  ///< K, largest first
  Tensor<double> right;           ///< (K,d_in): v_k in row k, orthonormal

  std::size_t modes() const { return strengths.size(); }   ///< K
  std::size_t inputs() const { return right.shape()[1]; }  ///< d_in
  std::size_t outputs() const { return left.shape()[1]; }  ///< d_out
  /// W* (d_out,d_in).
  Tensor<double> matrix() const;
};

/// `count` orthonormal rows of length n (count <= n), uniformly distributed (QR of a Gaussian matrix).
Tensor<double> random_orthonormal_rows(std::size_t count, std::size_t n, Rng& rng);

/// A teacher with random directions. Throws UsageError when there are more modes than dimensions.
Teacher random_teacher(const std::vector<double>& strengths, std::size_t inputs, std::size_t outputs,
                       Rng& rng);

/// The modes of a matrix (d_out,d_in): its singular triples with a value above 1e-6 of the largest.
Teacher teacher_of(const Tensor<double>& matrix);

/// A random covariance of the inputs with the given condition number and mean eigenvalue 1, as the symmetric
/// square root Σ^{1/2} (n,n). Eigenvalues are geometrically spaced.
Tensor<double> covariance_root(std::size_t n, double condition_number, Rng& rng);

}  // namespace premelt
