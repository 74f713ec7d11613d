/// engine/linalg against xtensor's own wrapper of LAPACK, over random shapes.

#include <algorithm>
#include <xtensor-blas/xlinalg.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xsort.hpp>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/xtensor.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;

namespace {

using Array = xt::xarray<double>;

constexpr int repetitions = 25;

/// A side of a matrix, from 1 on.
std::size_t side(Rng& rng) {
  return 1 + rng.below(12);
}

/// A whole copy as an array: what xt::linalg takes without faults.
Array whole(const Tensor<double>& x) {
  return x.array();
}

Array turned(const Array& x, blas::Transpose transpose) {
  return transpose == blas::Transpose::no ? x : Array(xt::transpose(x));
}

/// The largest |x - y| in units of the largest |y|.
double distance(const Tensor<double>& x, const Array& y) {
  return relative_error(x, Tensor<double>(y));
}

}  // namespace

TEST_CASE("xt::linalg gives the same products", "[property]") {
  Rng rng(1, "shapes");
  for (int i = 0; i < repetitions; ++i) {
    const std::size_t m = side(rng), n = side(rng), k = side(rng);
    for (const blas::Transpose transpose_a : {blas::Transpose::no, blas::Transpose::yes}) {
      for (const blas::Transpose transpose_b : {blas::Transpose::no, blas::Transpose::yes}) {
        const auto a =
            normal_tensor<double>(transpose_a == blas::Transpose::no ? Shape{m, k} : Shape{k, m}, rng);
        const auto b =
            normal_tensor<double>(transpose_b == blas::Transpose::no ? Shape{k, n} : Shape{n, k}, rng);
        const auto c = normal_tensor<double>(Shape{m, n}, rng);
        Tensor<double> result = c.clone();
        blas::gemm(transpose_a, transpose_b, m, n, k, 2.0, a.data(), a.shape()[1], b.data(), b.shape()[1],
                   -1.0, result.data(), n);
        const Array product = xt::linalg::dot(turned(whole(a), transpose_a), turned(whole(b), transpose_b));
        CHECK(distance(result, Array(2.0 * product - whole(c))) <= 1e-13);
      }
    }
  }
}

TEST_CASE("xt::linalg gives the same Gram matrices", "[property]") {
  Rng rng(2, "shapes");
  for (int i = 0; i < repetitions; ++i) {
    const std::size_t n = side(rng), k = side(rng);
    for (const blas::Transpose transpose : {blas::Transpose::no, blas::Transpose::yes}) {
      const auto a = normal_tensor<double>(transpose == blas::Transpose::no ? Shape{n, k} : Shape{k, n}, rng);
      Tensor<double> result(Shape{n, n});
      blas::syrk(transpose, n, k, 1.0, a.data(), a.shape()[1], 0.0, result.data(), n);
      const Array left = turned(whole(a), transpose), right = xt::transpose(left);
      CHECK(distance(result, Array(xt::linalg::dot(left, right))) <= 1e-13);
    }
  }
}

TEST_CASE("xt::linalg gives the same symmetric eigenpairs", "[property]") {
  Rng rng(3, "shapes");
  for (int i = 0; i < repetitions; ++i) {
    const std::size_t n = side(rng);
    const Array half = whole(normal_tensor<double>(Shape{n, n}, rng));
    const Array matrix = half + xt::transpose(half);
    const blas::Eigen<double> ours = blas::symmetric_eigen(Tensor<double>(matrix), n);
    const auto [rising, columns] = xt::linalg::eigh(matrix);
    CHECK(distance(ours.values, Array(xt::flip(Array(rising), 0))) <= 1e-12);
    CHECK(distance(blas::symmetric_eigenvalues(Tensor<double>(matrix)), Array(xt::flip(Array(rising), 0))) <=
          1e-12);
    for (std::size_t j = 0; j < n; ++j) {
      double overlap = 0;  // eigenvectors are defined up to their sign
      for (std::size_t r = 0; r < n; ++r) overlap += ours.vectors(j, r) * columns(r, n - 1 - j);
      CHECK(std::abs(std::abs(overlap) - 1) <= 1e-9);
    }
  }
}

TEST_CASE("xt::linalg gives the same singular values and vectors", "[property]") {
  Rng rng(4, "shapes");
  for (int i = 0; i < repetitions; ++i) {
    const std::size_t m = side(rng), n = side(rng);
    const Tensor<double> a = normal_tensor<double>(Shape{m, n}, rng);
    const blas::Svd<double> ours = blas::svd(a);
    const auto [u, s, v] = xt::linalg::svd(whole(a), false);
    CHECK(distance(ours.values, Array(s)) <= 1e-12);
    for (std::size_t j = 0; j < std::min(m, n); ++j) {
      double left = 0, right = 0;
      for (std::size_t r = 0; r < m; ++r) left += ours.left(j, r) * u(r, j);
      for (std::size_t r = 0; r < n; ++r) right += ours.right(j, r) * v(j, r);
      CHECK(std::abs(left * right - 1) <= 1e-9);
    }
  }
}
