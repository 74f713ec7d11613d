#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <xtensor/xnpy.hpp>

#include "engine/error.hpp"
#include "engine/npy.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using Catch::Matchers::Contains;
using test::TemporaryDirectory;

namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("npy files agree with xtensor's reader and writer", "[unit]") {
  const TemporaryDirectory directory;
  const Tensor<double> matrix(Shape{2, 3}, {1, 2.5, -3, 4e-300, 5, 6});
  write_npy(directory / "ours.npy", matrix);
  const auto theirs = xt::load_npy<double>((directory / "ours.npy").string());
  REQUIRE(theirs.shape() == xt::dynamic_shape<std::size_t>{2, 3});
  CHECK(std::equal(theirs.begin(), theirs.end(), matrix.data()));

  const xt::xarray<float> array{{1.5F, 2.F}, {3.F, 4.F}, {5.F, 6.F}};
  xt::dump_npy((directory / "theirs.npy").string(), array);
  const Tensor<double> back = read_npy<double>(directory / "theirs.npy");
  REQUIRE(back.shape() == Shape{3, 2});
  CHECK(std::equal(array.begin(), array.end(), back.data()));
}

TEST_CASE("Fortran order is read as the same array", "[unit]") {
  const TemporaryDirectory directory;
  // numpy.asfortranarray([[1,2,3],[4,5,6]]) stores 1,4,2,5,3,6.
  write_npy(directory / "f.npy", Tensor<double>(Shape{2, 3}, {1, 4, 2, 5, 3, 6}));
  std::string bytes = bytes_of(directory / "f.npy");
  bytes.replace(bytes.find("False"), 5, "True ");
  write_bytes(directory / "f.npy", bytes);
  const Tensor<double> matrix = read_npy<double>(directory / "f.npy");
  CHECK(std::ranges::equal(matrix.flat(), std::array<double, 6>{1, 2, 3, 4, 5, 6}));
}

TEST_CASE("a writer's file is complete after every flush", "[unit]") {
  const TemporaryDirectory directory;
  NpyWriter<std::int64_t> writer(directory / "rows.npy", Shape{2});
  CHECK(read_npy<std::int64_t>((writer.flush(), directory / "rows.npy")).shape() == Shape{0, 2});
  const std::array<std::int64_t, 2> row{7, 8};
  writer.append(row);
  writer.append(row);
  writer.flush();
  CHECK(read_npy<std::int64_t>(directory / "rows.npy").shape() == Shape{2, 2});
  writer.append(row);
  writer.flush();
  const auto three = read_npy<std::int64_t>(directory / "rows.npy");
  CHECK(three.shape() == Shape{3, 2});
  CHECK(three(2, 1) == 8);
  CHECK_THROWS_AS(writer.append(std::array<std::int64_t, 1>{1}), ShapeError);
}

TEST_CASE("the first rows can be read whatever a killed writer left behind them", "[unit]") {
  const TemporaryDirectory directory;
  const auto path = directory / "rows.npy";
  write_npy(path, Tensor<double>(Shape{3, 2}, {1, 2, 3, 4, 5, 6}));
  const std::string whole = bytes_of(path);
  write_bytes(path, whole + "numbers without a promise");
  const auto rows = read_npy_rows<double>(path, 2);
  CHECK(rows.shape() == Shape{2, 2});
  CHECK(rows(1, 1) == 4);
  CHECK_THROWS_WITH(read_npy_rows<double>(path, 4), Contains("at least 4 rows") && Contains("(3,2)"));
  write_bytes(path, whole.substr(0, whole.size() - 24));
  CHECK(read_npy_rows<double>(path, 1).size() == 2);
  CHECK_THROWS_WITH(read_npy_rows<double>(path, 2), Contains("truncated"));
}

TEST_CASE("bad npy files are named with what was expected", "[unit]") {
  const TemporaryDirectory directory;
  const auto path = directory / "bad.npy";
  CHECK_THROWS_WITH(read_npy<double>(path), Contains("bad.npy") && Contains("cannot be read"));
  CHECK_THROWS_WITH(read_npy<double>(directory.path()), Contains("is a directory"));
  write_bytes(path, "step,loss\n1,2\n");
  CHECK_THROWS_WITH(read_npy<double>(path), Contains("is not a .npy file"));
  write_npy(path, Tensor<std::int64_t>(Shape{2}, {1, 2}));
  CHECK_THROWS_WITH(read_npy<double>(path),
                    Contains("'<i8'") && Contains("float32 or float64") && Contains("astype"));

  write_npy(path, Tensor<double>(Shape{2, 2}, {1, 2, 3, 4}));
  const std::string whole = bytes_of(path);
  write_bytes(path, whole.substr(0, whole.size() - 8));
  CHECK_THROWS_WITH(read_npy<double>(path), Contains("truncated") && Contains("32") && Contains("24"));
  write_bytes(path, whole.substr(0, 60));
  CHECK_THROWS_WITH(read_npy<double>(path), Contains("truncated inside its header"));
}

TEST_CASE("bytes behind the promised numbers are ignored, as NumPy does", "[unit]") {
  const TemporaryDirectory directory;
  const auto path = directory / "longer.npy";
  write_npy(path, Tensor<double>(Shape{2, 2}, {1, 2, 3, 4}));
  write_bytes(path, bytes_of(path) + "half a row");
  CHECK(std::ranges::equal(read_npy<double>(path).flat(), std::array<double, 4>{1, 2, 3, 4}));
}

TEST_CASE("a full disk does not go unnoticed", "[unit]") {
  if (!std::filesystem::exists("/dev/full")) return;
  CHECK_THROWS_WITH(write_npy("/dev/full", Tensor<double>(Shape{2}, {1, 2})),
                    Contains("not written completely"));
}
