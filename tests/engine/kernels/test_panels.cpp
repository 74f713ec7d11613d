/// The small products that attention is made of, beside the naive loop.

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/kernels/panels.hpp"
#include "engine/tensor/random.hpp"
#include "tests/support/worst.hpp"

using namespace premelt;
using kernels::Panel;
using kernels::Strided;

namespace {

/// The largest |C − A·B| over the `rows` × `columns` numbers that were asked for; NaN where one is.
template <class T>
double error_of(std::size_t rows, std::size_t columns, std::size_t inner, std::size_t first,
                const Strided<T>& a, const Panel<T>& b, const Panel<T>& c) {
  double worst = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      double expected = 0;
      for (std::size_t k = 0; k < inner; ++k) {
        expected +=
            static_cast<double>(a.data[i * a.row + k * a.column]) * static_cast<double>(b.row(first + k)[j]);
      }
      worst = test::worse_of(worst, std::abs(static_cast<double>(c.row(i)[j]) - expected));
    }
  }
  return worst;
}

}  // namespace

TEMPLATE_TEST_CASE("products of panels are those of the naive loop, for every number of rows and columns",
                   "[property]", float, double) {
  using T = TestType;
  constexpr std::size_t first = 2, longest = 7;
  Rng rng(1, "test");
  const Tensor<T> left = normal_tensor<T>({kernels::block_rows * (longest + 2)}, rng);
  for (std::size_t columns = 1; columns <= 5 * kernels::lanes<T>; ++columns) {
    Panel<T> b(first + longest, columns), c(kernels::block_rows, columns);
    const Tensor<T> right = normal_tensor<T>({first + longest, columns}, rng);
    b.fill(first + longest, columns, {right.data(), columns, 1});
    for (std::size_t rows = 1; rows <= kernels::block_rows; ++rows) {
      for (std::size_t inner : {std::size_t{1}, std::size_t{2}, longest}) {
        for (const Strided<T>& a :
             {Strided<T>{left.data(), longest + 2, 1}, Strided<T>{left.data(), 1, kernels::block_rows}}) {
          CAPTURE(columns, rows, inner, a.row);
          kernels::multiply(rows, b.width, inner, a, b, c, first);
          REQUIRE(error_of(rows, b.width, inner, first, a, b, c) <= (sizeof(T) == 4 ? 1e-5 : 1e-14));
        }
      }
    }
  }
}
