/// The linear algebra of our own beside OpenBLAS's and LAPACK's, or beside itself in a build that has only
/// ours.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/linalg/blas.hpp"
#include "engine/linalg/portable/backend.hpp"
#include "engine/tensor/random.hpp"

using namespace premelt;
using blas::Transpose;
namespace portable = blas::portable;

namespace {

template <class T>
Tensor<T> gaussian(const Shape& shape, std::uint64_t seed = 1) {
  Rng rng(seed, "test");
  return normal_tensor<T>(shape, rng);
}

/// The largest |a_i - b_i| over the largest |b_i|; NaN where one is.
template <class A, class B>
double difference(const A& a, const B& b) {
  double worst = 0, largest = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double error = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    worst = error <= worst ? worst : error;
    largest = std::max(largest, std::abs(static_cast<double>(b[i])));
  }
  return worst / largest;
}

template <class T>
constexpr double tolerance = sizeof(T) == 4 ? 2e-6 : 4e-15;

/// Of rows (k,n): the largest |rᵢ·rⱼ - δᵢⱼ|.
double distance_from_orthonormal(const Tensor<double>& rows) {
  double worst = 0;
  for (std::size_t i = 0; i < rows.shape()[0]; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const auto x = rows.row(i), y = rows.row(j);
      const double product = std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
      const double error = std::abs(product - (i == j ? 1 : 0));
      worst = error <= worst ? worst : error;
    }
  }
  return worst;
}

/// XᵀX of a Gaussian X (rows,n): of rank at most `rows`.
Tensor<double> gram(std::size_t rows, std::size_t n) {
  const Tensor<double> x = gaussian<double>({rows, n});
  Tensor<double> c(Shape{n, n});
  blas::syrk(Transpose::yes, n, rows, 1.0, x.data(), n, 0.0, c.data(), n);
  return c;
}

}  // namespace

TEMPLATE_TEST_CASE("portable products are OpenBLAS's", "[property]", float, double) {
  using T = TestType;
  struct Size {
    std::size_t m, n, k;
  };
  // One number, odd ends of tiles, and more than one block in each direction.
  for (const auto& [m, n, k] : {Size{1, 1, 1}, {3, 5, 7}, {33, 20, 16}, {70, 530, 3}, {5, 9, 600}}) {
    const std::size_t space = 2;
    const Tensor<T> a = gaussian<T>({m * (k + space) + k * (m + space)}, 1);
    const Tensor<T> b = gaussian<T>({k * (n + space) + n * (k + space)}, 2);
    for (Transpose left : {Transpose::no, Transpose::yes}) {
      for (Transpose right : {Transpose::no, Transpose::yes}) {
        const std::size_t lda = space + (left == Transpose::no ? k : m);
        const std::size_t ldb = space + (right == Transpose::no ? n : k);
        Tensor<T> c = gaussian<T>({m, n + space}, 3), expected = c.clone();
        portable::gemm(left, right, m, n, k, T(2), a.data(), lda, b.data(), ldb, T(-1), c.data(), n + space);
        blas::gemm(left, right, m, n, k, T(2), a.data(), lda, b.data(), ldb, T(-1), expected.data(),
                   n + space);
        CHECK(difference(c.flat(), expected.flat()) <= tolerance<T>);
      }
    }
  }
}

TEMPLATE_TEST_CASE("the portable products with a vector are OpenBLAS's", "[property]", float, double) {
  using T = TestType;
  const std::size_t m = 37, n = 21, lda = 25;
  const Tensor<T> a = gaussian<T>({m, lda}), x = gaussian<T>({m}, 2);
  for (Transpose transpose : {Transpose::no, Transpose::yes}) {
    Tensor<T> y = gaussian<T>({m}, 3), expected = y.clone();
    portable::gemv(transpose, m, n, T(2), a.data(), lda, x.data(), T(-3), y.data());
    blas::gemv(transpose, m, n, T(2), a.data(), lda, x.data(), T(-3), expected.data());
    CHECK(difference(y.flat(), expected.flat()) <= tolerance<T>);
  }
}

TEMPLATE_TEST_CASE("the portable symmetric product and inner product are OpenBLAS's", "[property]", float,
                   double) {
  using T = TestType;
  for (std::size_t n : {1U, 9U, 75U}) {
    const Tensor<T> a = gaussian<T>({n, 40});
    for (Transpose transpose : {Transpose::no, Transpose::yes}) {
      const std::size_t size = transpose == Transpose::no ? n : 40,
                        depth = transpose == Transpose::no ? 40 : n;
      Tensor<T> c(Shape{size, size}, T(1)), expected = c.clone();
      portable::syrk(transpose, size, depth, T(2), a.data(), 40, T(1), c.data(), size);
      blas::syrk(transpose, size, depth, T(2), a.data(), 40, T(1), expected.data(), size);
      for (std::size_t i = 0; i < size; ++i) {
        CHECK(difference(c.row(i).subspan(i), expected.row(i).subspan(i)) <= 10 * tolerance<T>);
      }
    }
    const T product = portable::dot(a.size(), a.data(), a.data()),
            known = blas::dot(a.size(), a.data(), a.data());
    CHECK(std::abs(product - known) <= T(tolerance<T>) * known);
  }
  CHECK(portable::dot<T>(0, nullptr, nullptr) == 0);
}

TEST_CASE("portable eigenpairs of a symmetric matrix are LAPACK's", "[property]") {
  // Full rank, half the rank (many equal eigenvalues, all zero), and sizes from 1.
  for (const auto& [rows, n] :
       {std::pair<std::size_t, std::size_t>{3, 1}, {4, 2}, {50, 40}, {20, 40}, {90, 80}}) {
    const Tensor<double> c = gram(rows, n);
    Tensor<double> work = c.clone(), vectors(Shape{n, n});
    std::vector<double> ascending(n), alone(n);
    REQUIRE(portable::symmetric_eigen(n, n, work.data(), ascending.data(), vectors.data()));
    std::vector<double> expected(n);
    std::ranges::reverse_copy(blas::symmetric_eigenvalues(c).flat(), expected.begin());
    CHECK(difference(ascending, expected) <= 1e-13);
    CHECK(distance_from_orthonormal(vectors) <= 1e-13);
    Tensor<double> image(Shape{n, n});  // rows vᵀC, which are λvᵀ
    blas::gemm(Transpose::no, Transpose::no, n, n, n, 1.0, vectors.data(), n, c.data(), n, 0.0, image.data(),
               n);
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t i = 0; i < n; ++i) {
        CHECK(std::abs(image(j, i) - ascending[j] * vectors(j, i)) <= 1e-13 * expected.back());
      }
    }
    work = c.clone();
    double* const none = nullptr;
    REQUIRE(portable::symmetric_eigen(n, 0, work.data(), alone.data(), none));
    CHECK(alone == ascending);
  }
}

TEST_CASE("portable eigenvalues of any square matrix are LAPACK's", "[property]") {
  for (std::size_t n : {1U, 2U, 3U, 8U, 25U}) {
    const Tensor<double> a = gaussian<double>({n, n}, n);
    Tensor<double> work = a.clone();
    std::vector<std::complex<double>> found(n);
    REQUIRE(portable::eigenvalues(n, work.data(), found.data()));
    for (const std::complex<double> expected : blas::eigenvalues(a)) {
      const auto nearest =
          std::ranges::min_element(found, {}, [&](auto z) { return std::abs(z - expected); });
      CHECK(std::abs(*nearest - expected) <= 1e-11 * static_cast<double>(n));
      *nearest = std::numeric_limits<double>::infinity();  // each is met once
    }
  }
  // A cyclic permutation stands still under the usual shifts; its eigenvalues are the roots of one.
  Tensor<double> turn(Shape{4, 4}, 0.0);
  for (std::size_t i = 0; i < 4; ++i) turn(i, (i + 1) % 4) = 1;
  std::vector<std::complex<double>> roots(4);
  REQUIRE(portable::eigenvalues(4, turn.data(), roots.data()));
  for (const auto root : roots) CHECK(std::abs(std::pow(root, 4) - 1.0) <= 1e-13);
}

TEST_CASE("the portable singular value decomposition is LAPACK's", "[property]") {
  for (const auto& [m, n] : {std::pair<std::size_t, std::size_t>{4, 7}, {7, 4}, {16, 10}, {1, 5}, {40, 40}}) {
    Tensor<double> a = gaussian<double>({m, n});
    if (m == 7) std::ranges::fill(a.row(2), 0.0);
    if (m == 4) std::ranges::copy(a.row(0), a.row(3).begin());  // a zero singular value
    const std::size_t r = std::min(m, n);
    Tensor<double> work = a.clone(), left(Shape{r, m}), right(Shape{r, n}), back(Shape{m, n});
    std::vector<double> values(r);
    REQUIRE(portable::svd(m, n, work.data(), left.data(), values.data(), right.data()));
    CHECK(difference(values, blas::svd(a).values.flat()) <= 1e-14);
    CHECK(std::ranges::is_sorted(values, std::greater<>()));
    CHECK(distance_from_orthonormal(left) <= 1e-13);
    CHECK(distance_from_orthonormal(right) <= 1e-13);
    for (std::size_t j = 0; j < r; ++j) {
      for (double& x : left.row(j)) x *= values[j];
    }
    blas::gemm(Transpose::yes, Transpose::no, m, n, r, 1.0, left.data(), m, right.data(), n, 0.0, back.data(),
               n);
    CHECK(difference(back.flat(), a.flat()) <= 1e-14);
  }
}

TEST_CASE("one-sided rotations keep the digits of small singular values", "[unit]") {
  // diag(1, 1e-12) turned on the left by 45°: through AᵀA the small one would be lost in 1e-16.
  const double h = std::sqrt(0.5);
  double a[4] = {h, -h * 1e-12, h, h * 1e-12}, left[4], values[2], right[4];
  REQUIRE(portable::svd<double>(2, 2, a, left, values, right));
  CHECK(std::abs(values[0] - 1) <= 1e-15);
  CHECK(std::abs(values[1] / 1e-12 - 1) <= 1e-15);
}

TEST_CASE("a matrix of zeros has orthonormal singular vectors, one of NaN none", "[unit]") {
  std::vector<double> a(12, 0.0), values(3);
  Tensor<double> left(Shape{3, 3}), right(Shape{3, 4});
  REQUIRE(portable::svd(3, 4, a.data(), left.data(), values.data(), right.data()));
  CHECK(values == std::vector<double>(3, 0.0));
  CHECK(distance_from_orthonormal(left) <= 1e-15);
  CHECK(distance_from_orthonormal(right) <= 1e-15);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::ranges::fill(a, nan);
  CHECK_FALSE(portable::svd(3, 4, a.data(), left.data(), values.data(), right.data()));
  std::ranges::fill(a, nan);
  CHECK_FALSE(portable::symmetric_eigen(3, 3, a.data(), values.data(), left.data()));
  std::vector<std::complex<double>> roots(3);
  std::ranges::fill(a, nan);
  CHECK_FALSE(portable::eigenvalues(3, a.data(), roots.data()));
}

TEST_CASE("portable Q and R give the matrix back and are LAPACK's", "[property]") {
  for (const auto& [m, n] : {std::pair<std::size_t, std::size_t>{1, 1}, {16, 4}, {10, 10}}) {
    const Tensor<double> columns = gaussian<double>({n, m});
    Tensor<double> q = columns.clone(), r(Shape{n, n}), back(Shape{n, m});
    REQUIRE(portable::qr(m, n, q.data(), r.data()));
    CHECK(distance_from_orthonormal(q) <= 1e-14);
    blas::gemm(Transpose::yes, Transpose::no, n, m, n, 1.0, r.data(), n, q.data(), m, 0.0, back.data(), m);
    CHECK(difference(back.flat(), columns.flat()) <= 1e-14);
    auto expected = blas::qr(columns);
    for (std::size_t k = 0; k < n; ++k) {  // the signs are open
      const double sign = r(k, k) * expected.r(k, k) < 0 ? -1 : 1;
      for (double& x : expected.q.row(k)) x *= sign;
      for (double& x : expected.r.row(k)) x *= sign;
    }
    CHECK(difference(q.flat(), expected.q.flat()) <= 1e-13);
    CHECK(difference(r.flat(), expected.r.flat()) <= 1e-13);
  }
  CHECK_THROWS_AS(blas::qr(gaussian<double>({3, 2})), ShapeError);
}
