/// The bridge to xtensor, and tensors from lists.

#include "engine/tensor/xtensor.hpp"

#include <xtensor/xbuilder.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;

TEST_CASE("tensor.array() reads and writes the tensor's own numbers", "[unit]") {
  Tensor<double> x = Tensor<double>::of({{1, 2, 3}, {4, 5, 6}});
  auto array = x.array();
  CHECK(array.data() == x.data());
  CHECK(array.dimension() == 2);
  CHECK(array(1, 0) == 4);
  array(1, 0) = 40;
  CHECK(x(1, 0) == 40);
  x(0, 2) = 30;
  CHECK(array(0, 2) == 30);
  array += 1.0;
  CHECK(x(0, 0) == 2);
  xt::view(x.array(), xt::all(), 1) = xt::zeros<double>({2});
  CHECK(x(0, 1) == 0);
  CHECK(x(1, 1) == 0);
  x.array() = xt::ones<double>({2, 3}) * 7;
  CHECK(x(1, 2) == 7);
  CHECK(x.data() == array.data());

  const Tensor<double> fixed = x;
  static_assert(std::is_const_v<std::remove_reference_t<decltype(fixed.array()(0, 0))>>);
  CHECK(fixed.array()(1, 1) == 7);
  const Tensor<double> nothing;
  CHECK(nothing.array().size() == 0);
  const Tensor<double> scalar = Tensor<double>::scalar(3);
  CHECK(scalar.array()() == 3);
}

TEST_CASE("an array of another size does not fit into a tensor's", "[unit]") {
  Tensor<double> x(Shape{2, 3}, 1.0);
  const xt::xarray<double> larger = xt::zeros<double>({3, 3});
  CHECK_THROWS_AS(x.array() = larger, std::runtime_error);
  CHECK(x(1, 2) == 1);
}

TEST_CASE("a tensor is made of any xtensor expression", "[unit]") {
  const xt::xarray<double> a = {{1, 2, 3}, {4, 5, 6}};
  const Tensor<double> sum(a + 1.0);
  CHECK(sum.shape() == Shape{2, 3});
  CHECK(std::ranges::equal(sum.flat(), std::vector<double>{2, 3, 4, 5, 6, 7}));
  const Tensor<double> turned(xt::transpose(a));
  CHECK(turned.shape() == Shape{3, 2});
  CHECK(std::ranges::equal(turned.flat(), std::vector<double>{1, 4, 2, 5, 3, 6}));
  const Tensor<double> column(xt::view(a, xt::all(), 2));
  CHECK(std::ranges::equal(column.flat(), std::vector<double>{3, 6}));
  const xt::xarray<double, xt::layout_type::column_major> by_columns = a;
  CHECK(relative_error(Tensor<double>(by_columns), Tensor<double>(a)) == 0);
  const xt::xtensor<float, 1> narrow = {0.1F, 0.2F};
  CHECK(Tensor<double>(narrow)(0) == static_cast<double>(0.1F));
  CHECK(Tensor<std::int64_t>(xt::arange<int>(3))(2) == 2);
  CHECK(Tensor<double>(xt::xarray<double>(3.0)).shape() == Shape{});
  CHECK(Tensor<double>(xt::xarray<double>::from_shape({0, 2})).shape() == Shape{0, 2});
  const xt::xarray<double> deep = xt::ones<double>({1, 1, 1, 1, 1, 1, 1});
  CHECK_THROWS_AS(Tensor<double>(deep), ShapeError);
}

TEST_CASE("there and back again, without an array in between", "[property]") {
  const Tensor<double> x = random({3, 4, 2});
  const Tensor<double> y(xt::log(xt::exp(x.array())));
  CHECK(relative_error(y, x) <= 1e-14);
  CHECK_FALSE(y.shares_buffer_with(x));
}

TEST_CASE("tensors from lists in lists", "[unit]") {
  using T = Tensor<double>;
  CHECK(T::of({{1, 2}, {3, 4}}).shape() == Shape{2, 2});
  CHECK(T::of({{1, 2}, {3, 4}})(1, 0) == 3);
  CHECK(T::of({{1}, {2}}).shape() == Shape{2, 1});
  CHECK(T::of({{1, 2, 3}}).shape() == Shape{1, 3});
  CHECK(T::of({5}).shape() == Shape{1});
  CHECK(T::of(5).shape() == Shape{});
  CHECK(T::of({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}).shape() == Shape{2, 2, 2});
  CHECK(T::of({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}})(1, 0, 1) == 6);
  CHECK_THROWS_WITH(T::of({{1, 2}, {3}}), "[tensor] lists side by side must have one shape, got (2) and (1)");
  CHECK_THROWS_WITH(T::of({{1, 2}, 3}), "[tensor] lists side by side must have one shape, got (2) and ()");
}
