#include <sstream>

#include "engine/tensor/buffer_store.hpp"
#include "engine/tensor/error.hpp"
#include "tests/engine/gradient/gradients.hpp"

using namespace premelt;
using namespace premelt::testing;

TEST_CASE("copies and reshapes share numbers, clones do not", "[unit]") {
  Tensor<double> a(Shape{2, 3}, {1, 2, 3, 4, 5, 6});
  Tensor<double> shared = a.reshape({3, 2}), copy = a.clone();
  a(0, 1) = 9;
  CHECK(shared(0, 1) == 9);
  CHECK(copy(0, 1) == 2);
  CHECK(shared.shares_buffer_with(a));
  CHECK_FALSE(a.unique());
  CHECK(copy.unique());
}

TEST_CASE("a subspan is a run of the same numbers", "[unit]") {
  Tensor<double> a(Shape{6}, {1, 2, 3, 4, 5, 6});
  Tensor<double> part = a.subspan(2, {2, 2});
  CHECK(part(1, 0) == 5);
  part(0, 0) = 7;
  CHECK(a(2) == 7);
  CHECK(part.subspan(1, {2})(1) == 5);
  CHECK_THROWS_WITH(a.subspan(3, {2, 2}), "[subspan] (2,2) from 3 on: (6) holds 6 values");
  CHECK_THROWS_AS(a.subspan(~std::size_t{0}, {2}), ShapeError);  // offset + size would come round to 1
}

TEST_CASE("tensors say what is wrong", "[unit]") {
  CHECK_THROWS_WITH(Tensor<double>(Shape{2, 2}, {1, 2, 3}),
                    "[tensor] shape (2,2) holds 4 values, but 3 were given");
  CHECK_THROWS_WITH(random({2}).item(), "[item] needs exactly one element, shape is (2)");
  CHECK_THROWS_AS(Shape({1, 2, 3, 4, 5, 6, 7}), ShapeError);
  CHECK(Tensor<double>().empty());
  CHECK(Tensor<double>().clone().shape() == Shape{0});
}

TEST_CASE("shapes whose size cannot be counted or held are errors", "[unit]") {
  const std::size_t big = std::size_t{1} << 32;
  CHECK_THROWS_WITH(Shape({big, big}).size(),
                    "[shape] (4294967296,4294967296) has more elements than can be counted");
  CHECK(Shape({big, big, 0}).size() == 0);
  CHECK(Shape({0, big, big}).size() == 0);
  CHECK_THROWS_AS(Tensor<double>(Shape{big, big}), ShapeError);
  CHECK_THROWS_WITH(Tensor<double>(Shape{big, big / 2}), Catch::Contains("[tensor] no memory for shape"));
  CHECK_THROWS_AS(Tensor<double>(Shape{4}).reshape({big, big, 4}), ShapeError);
}

TEST_CASE("one value in braces is one value, not a fill", "[unit]") {
  CHECK_THROWS_WITH(Tensor<double>(Shape{3}, {5}), "[tensor] shape (3) holds 3 values, but 1 were given");
  CHECK_THROWS_AS(Tensor<double>(Shape{3}, {}), ShapeError);
  CHECK(Tensor<double>(Shape{1}, {5})(0) == 5);
  CHECK(Tensor<double>(Shape{3}, 5)(2) == 5);
  CHECK(Tensor<std::int64_t>(Shape{2}, {7, 8})(1) == 8);
}

TEST_CASE("a tensor that was moved from is empty and may be used", "[unit]") {
  Tensor<double> a(Shape{2, 3}, 1.0);
  const double* numbers = a.data();
  Tensor<double> b = std::move(a);
  const auto is_empty = [](const Tensor<double>& x) {
    return x.shape() == Shape{0} && x.size() == 0 && x.empty() && x.data() == nullptr && x.flat().empty();
  };
  CHECK(b.data() == numbers);
  CHECK(is_empty(a));  // NOLINT(bugprone-use-after-move)
  a.fill(3);
  CHECK(a.clone().empty());
  CHECK_FALSE(a.shares_buffer_with(Tensor<double>()));
  CHECK(sum(Var<double>(a)).item() == 0);
  a = std::move(b);
  CHECK(is_empty(b));  // NOLINT(bugprone-use-after-move)
  CHECK(a(1, 2) == 1);
  CHECK(a.unique());
}

TEST_CASE("a freed buffer serves the next tensor of its size, and only that", "[unit]") {
#if defined(__SANITIZE_ADDRESS__)
  constexpr bool reused = false;  // the sanitizer must see every use after the end
#else
  constexpr bool reused = true;
#endif
  const double* freed = random({1234}).data();
  CHECK(Tensor<double>(Shape{1233}).data() != freed);
  CHECK((Tensor<double>(Shape{2, 617}).data() == freed) == reused);
}

TEST_CASE("a full store of buffers lets the oldest go", "[unit]") {
  struct Buffer {
    explicit Buffer(std::size_t size) : values(size) {}
    std::vector<double> values;
  };
  const auto bytes = [](std::size_t size) { return 8 * size + 64; };
  BufferStore<Buffer> store(bytes(100) + bytes(200) + bytes(300));
  for (std::size_t size : {100u, 200u, 300u}) {
    auto buffer = std::make_unique<Buffer>(size);
    buffer->values[0] = static_cast<double>(size);
    store.keep(std::move(buffer));
  }
  CHECK(store.bytes() == bytes(100) + bytes(200) + bytes(300));
  store.keep(std::make_unique<Buffer>(250));  // a new size, for which 100 and 200 must go
  CHECK(store.bytes() == bytes(300) + bytes(250));
  CHECK(store.take(100)->values[0] == 0);
  CHECK(store.take(200)->values[0] == 0);
  CHECK(store.take(300)->values[0] == 300);
  CHECK(store.bytes() == bytes(250));
  store.keep(std::make_unique<Buffer>(1000));  // larger than the store
  CHECK(store.bytes() == bytes(250));
}

TEST_CASE("tensors print as arrays and convert between element types", "[unit]") {
  std::ostringstream text;
  text << Tensor<double>(Shape{2, 2}, {1, 2, 3, 4.5});
  CHECK_THAT(text.str(), Catch::Contains("4.5") && Catch::Contains("{"));
  CHECK(cast<float>(Tensor<double>(Shape{1}, 0.1))(0) == 0.1f);
}
