#include "engine/linalg/blas.hpp"

#include <complex>
#include <tuple>

#include "engine/linalg/blas_kernel.hpp"
#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;
using V = Var<double>;

TEST_CASE("eigenvectors are rows, the largest first: Cv = λv", "[property]") {
  const V x = random({12, 9});
  const Tensor<double> c = matmul_tn(x, x).value();
  for (std::size_t count : {std::size_t{1}, std::size_t{4}, std::size_t{9}, std::size_t{20}}) {
    const blas::Eigen<double> eigen = blas::symmetric_eigen(c, count);
    const std::size_t k = std::min<std::size_t>(count, 9);
    REQUIRE(eigen.vectors.shape() == Shape{k, 9});
    const V residual = matmul(V(eigen.vectors), c) - V(eigen.values.reshape({k, 1})) * eigen.vectors;
    CHECK(std::sqrt(sum(square(residual)).item()) <= 1e-10 * std::sqrt(sum(square(V(c))).item()));
    for (std::size_t j = 1; j < k; ++j) CHECK(eigen.values(j) <= eigen.values(j - 1));
  }
  CHECK(relative_error(blas::symmetric_eigenvalues(c), blas::symmetric_eigen(c, 9).values) <= 1e-12);
  CHECK_THROWS_WITH(blas::symmetric_eigen(random({2, 3}), 1),
                    "[symmetric_eigen] needs a square matrix, got (2,3)");
}

TEST_CASE("eigenvalues of a matrix that is not symmetric, largest modulus first", "[unit]") {
  // A turn by 90° that shrinks to 0.9, and 0.5, seen in other coordinates: B·D·B⁻¹.
  const auto a = Tensor<double>::of({{-1.3, 1.6, 0.0}, {-1.5625, 1.3, 0.0}, {4.0, 7.0, 0.5}});
  const auto found = blas::eigenvalues(a);
  REQUIRE(found.size() == 3);
  const double beyond = std::sqrt(1.5625 * 1.6 - 1.3 * 1.3);
  CHECK(std::abs(found[0] - std::complex<double>(0, beyond)) <= 1e-13);
  CHECK(std::abs(found[1] - std::complex<double>(0, -beyond)) <= 1e-13);
  CHECK(std::abs(found[2] - 0.5) <= 1e-13);
  // Those of a symmetric matrix, signs aside, are those of the symmetric solver.
  const V x = random({12, 6});
  const Tensor<double> c = matmul_tn(x, x).value();
  const Tensor<double> expected = blas::symmetric_eigenvalues(c);
  const auto general = blas::eigenvalues(c);
  for (std::size_t k = 0; k < 6; ++k) CHECK(std::abs(general[k] - expected(k)) <= 1e-12 * expected(0));
  CHECK(blas::eigenvalues(Tensor<double>(Shape{0, 0})).empty());
  CHECK_THROWS_WITH(blas::eigenvalues(random({2, 3})), "[eigenvalues] needs a square matrix, got (2,3)");
}

TEST_CASE("the singular value decomposition gives the matrix back", "[property]") {
  for (const Shape& shape : {Shape{4, 7}, Shape{7, 4}, Shape{3, 3}, Shape{1, 5}}) {
    const Tensor<double> a = random(shape);
    const blas::Svd<double> svd = blas::svd(a);
    const std::size_t r = svd.values.size();
    const V back = matmul_tn(V(svd.left), V(svd.values.reshape({r, 1})) * svd.right);
    CHECK(relative_error(back.value(), a) <= 1e-13);
    for (std::size_t j = 1; j < r; ++j) CHECK(svd.values(j) <= svd.values(j - 1));
  }
}

TEST_CASE("syrk fills both triangles and adds to what is there", "[unit]") {
  const Tensor<double> a = random({5, 3});
  Tensor<double> c(Shape{5, 5}, 1.0), d(Shape{3, 3}, 1.0);
  blas::syrk(blas::Transpose::no, 5, 3, 2.0, a.data(), 3, 1.0, c.data(), 5);
  blas::syrk(blas::Transpose::yes, 3, 5, 2.0, a.data(), 3, 0.0, d.data(), 3);
  CHECK(relative_error(c, (2.0 * matmul_nt(V(a), a) + 1.0).value()) <= 1e-14);
  CHECK(relative_error(d, (2.0 * matmul_tn(V(a), a)).value()) <= 1e-14);
}

TEST_CASE("a product of many rows is the product of each row, strides and all", "[unit]") {
  constexpr std::size_t m = 300, n = 5, k = 7, lda = 9, ldc = 8;
  const Tensor<double> a = random({m, lda}), b = random({k, n}, 2), before = random({m, ldc}, 3);
  Tensor<double> turned(Shape{n, k});
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < n; ++j) turned(j, i) = b(i, j);
  }
  Tensor<double> expected = before.clone();
  for (std::size_t r = 0; r < m; ++r) {
    for (std::size_t j = 0; j < n; ++j) {
      expected(r, j) *= -1;
      for (std::size_t i = 0; i < k; ++i) expected(r, j) += 2 * a(r, i) * b(i, j);
    }
  }
  using blas::Transpose;
  for (const auto& [transpose, right, ldb] :
       {std::tuple{Transpose::no, b, n}, std::tuple{Transpose::yes, turned, k}}) {
    Tensor<double> c = before.clone();
    blas::gemm(Transpose::no, transpose, m, n, k, 2.0, a.data(), lda, right.data(), ldb, -1.0, c.data(), ldc);
    CHECK(relative_error(c, expected) <= 1e-14);
  }
}

TEST_CASE("gemv and dot agree with the product", "[unit]") {
  const Tensor<double> a = random({4, 3}), x = random({3, 1}, 2), y = random({4, 1}, 3);
  Tensor<double> out = y.clone();
  blas::gemv(blas::Transpose::no, 4, 3, 2.0, a.data(), 3, x.data(), -1.0, out.data());
  CHECK(relative_error(out, (2.0 * matmul(V(a), x) - V(y)).value()) <= 1e-14);
  CHECK(blas::dot<double>(4, y.data(), y.data()) == Approx(sum(square(V(y))).item()));
  CHECK_FALSE(blas::kernel().empty());
}

TEST_CASE("an extent beyond BLAS's integers is an error", "[unit]") {
  if (blas::kernel() == "portable") return;            // which counts in the machine's own
  const std::size_t big = (std::size_t{1} << 32) + 2;  // 2 when cut to 32 bits
  double x[4] = {1, 2, 3, 4};
  using blas::Transpose;
  CHECK_THROWS_AS(blas::dot(big, x, x), ShapeError);
  CHECK_THROWS_AS(blas::gemm(Transpose::no, Transpose::no, 1, 1, big, 1.0, x, big, x, 1, 0.0, x, 1),
                  ShapeError);
  CHECK_THROWS_AS(blas::gemv(Transpose::no, 1, big, 1.0, x, big, x, 0.0, x), ShapeError);
  CHECK_THROWS_AS(blas::syrk(Transpose::no, 1, big, 1.0, x, big, 0.0, x, 1), ShapeError);
}

TEST_CASE("a product that sums over nothing is zero, or what beta leaves", "[unit]") {
  const std::vector<double> nothing;
  using blas::Transpose;
  for (double beta : {0.0, 2.0}) {
    std::vector<double> c{1, 2, 3, 4};
    const std::vector<double> left =
        beta == 0 ? std::vector<double>(4, 0.0) : std::vector<double>{2, 4, 6, 8};
    blas::gemm(Transpose::no, Transpose::no, 2, 2, 0, 1.0, nothing.data(), 0, nothing.data(), 2, beta,
               c.data(), 2);
    CHECK(c == left);
    c = {1, 2, 3, 4};
    blas::syrk(Transpose::no, 2, 0, 1.0, nothing.data(), 0, beta, c.data(), 2);
    CHECK(c == left);
    c = {1, 2, 3, 4};
    blas::gemv(Transpose::no, 4, 0, 1.0, nothing.data(), 0, nothing.data(), beta, c.data());
    CHECK(c == left);
  }
}
