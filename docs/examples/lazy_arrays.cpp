/// Three things a lazy array library does without saying so.

#include <cstdio>
#include <xtensor/xarray.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xvectorize.hpp>
#include <xtensor/xview.hpp>

namespace {

std::size_t calls = 0;

double counted(double x) {
  ++calls;
  return x;
}

void evaluates_again() {
  const xt::xtensor<double, 2> x = xt::ones<double>({16, 8});
  const auto y = xt::vectorize(counted)(x);  // no array: a recipe
  const auto row_sums = xt::sum(y, {1});     // another one
  const xt::xtensor<double, 2> lazy = x / xt::view(row_sums, xt::all(), xt::newaxis());
  const std::size_t of_recipe = calls;

  calls = 0;
  const xt::xtensor<double, 1> sums = xt::sum(xt::vectorize(counted)(x), {1});  // now it is an array
  const xt::xtensor<double, 2> eager = x / xt::view(sums, xt::all(), xt::newaxis());
  std::printf("normalising 128 numbers: %zu evaluations from a recipe, %zu from an array\n", of_recipe,
              calls);
}

void sums_in_float() {
  const xt::xtensor<float, 1> ones = xt::ones<float>({20000000});
  const double of_float = xt::mean(ones)(), of_double = xt::mean<double>(ones)();
  std::printf("mean of twenty million ones: %.4f in float, %.4f in double\n", of_float, of_double);
}

void grows() {
  xt::xarray<double> z = xt::zeros<double>({3});
  const xt::xarray<double> x = xt::ones<double>({2, 3});
  z += x;
  std::printf("z had 3 numbers; after z += x it has %zu\n", z.size());
}

}  // namespace

int main() {
  evaluates_again();
  sums_in_float();
  grows();
}
