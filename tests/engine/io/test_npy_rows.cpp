#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "engine/io/npy.hpp"
#include "engine/io/npy_rows.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"
#include "tests/support/live_memory.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using Catch::Matchers::Contains;
using test::TemporaryDirectory;

TEST_CASE("rows of a file are those of the array, without a copy in memory", "[unit]") {
  const TemporaryDirectory directory;
  constexpr std::size_t rows = 2000, width = 500;
  {
    Rng rng(1, "data");
    write_npy(directory / "a.npy", normal_tensor<double>(Shape{rows, width}, rng));
  }
  const std::size_t before = test::live_memory();
  const NpyRows lazy(directory / "a.npy");
  double sum = 0;
  for (std::size_t i = 0; i < rows; ++i) sum += lazy(i, width - 1);
  CHECK(test::live_memory() - before < 10000);  // of 8 MB
  const Tensor<double> whole = read_npy<double>(directory / "a.npy");
  REQUIRE(lazy.shape() == whole.shape());
  double expected = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    REQUIRE(std::ranges::equal(lazy.row(i), whole.row(i)));
    expected += whole(i, width - 1);
  }
  CHECK(sum == expected);
  CHECK(std::ranges::equal(lazy.tensor().flat(), whole.flat()));
}

TEST_CASE("the first rows are shared, and outlive the array", "[unit]") {
  const TemporaryDirectory directory;
  write_npy(directory / "a.npy", Tensor<double>(Shape{3, 1, 2}, {1, 2, 3, 4, 5, 6}));
  NpyRows top;
  {
    const NpyRows whole(directory / "a.npy");
    top = whole.first(2);
    CHECK_THROWS_AS(whole.first(4), ShapeError);
  }
  CHECK(top.shape() == Shape{2, 1, 2});
  CHECK(top(1, 0, 1) == 4);
  CHECK(top.first(0).empty());
  const NpyRows memory = Tensor<double>(Shape{2, 2}, {1, 2, 3, 4});
  CHECK(memory(1, 0) == 3);
  CHECK(NpyRows().empty());
  CHECK(NpyRows().shape() == Shape{0});
}

TEST_CASE("other element types are read at once, and what is wrong is said as read_npy says it", "[unit]") {
  const TemporaryDirectory directory;
  write_npy(directory / "f.npy", Tensor<float>(Shape{2, 2}, {1, 2, 3, 4}));
  write_npy(directory / "i.npy", Tensor<std::int64_t>(Shape{2, 1}, {7, 9}));
  CHECK(NpyRows(directory / "f.npy")(1, 1) == 4);
  CHECK(NpyRows(directory / "i.npy")(1, 0) == 9);
  write_npy(directory / "short.npy", Tensor<double>(Shape{4, 4}, 1.0));
  std::filesystem::resize_file(directory / "short.npy", 200);
  std::ofstream(directory / "garbage.npy") << "no array";
  std::ofstream(directory / "empty.npy").flush();
  std::filesystem::create_directory(directory / "folder.npy");
  for (const char* name : {"short.npy", "garbage.npy", "empty.npy", "folder.npy", "none.npy"}) {
    INFO(name);
    CHECK_THROWS_AS(NpyRows(directory / name), DataError);
    CHECK_THROWS_WITH(NpyRows(directory / name), Contains(name));
  }
  CHECK_THROWS_WITH(NpyRows(directory / "short.npy"), Contains("truncated"));
}
