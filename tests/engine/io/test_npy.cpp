#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <xtensor/xnpy.hpp>

#include "engine/io/npy.hpp"
#include "engine/tensor/error.hpp"
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
  CHECK(read_npy<double>(path).flat()[1] == 2);
  write_npy(path, Tensor<double>(Shape{2}, {1, 2}));
  CHECK_THROWS_WITH(read_npy<std::int64_t>(path), Contains("holds floats") && Contains("astype(\"int64\")"));

  write_npy(path, Tensor<double>(Shape{2, 2}, {1, 2, 3, 4}));
  const std::string whole = bytes_of(path);
  write_bytes(path, whole.substr(0, whole.size() - 8));
  CHECK_THROWS_WITH(read_npy<double>(path), Contains("truncated") && Contains("(2,2)") && Contains("24"));
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

namespace {

/// A file with this header and these bytes of numbers.
std::string crafted(const std::string& header, const std::string& numbers) {
  const std::size_t length = header.size();
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(length & 255U) +
         static_cast<char>(length >> 8U) + header + numbers;
}

std::string header(const std::string& type, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

}  // namespace

TEST_CASE("npy: every element type of NumPy in either order of bytes", "[unit]") {
  const TemporaryDirectory directory;
  const auto path = directory / "t.npy";
  struct Case {
    std::string type, bytes;
    double first, second;
  };
  using S = std::string;
  // The bytes are those of numpy.array([first, second], type).tobytes().
  const std::vector<Case> cases{
      {"|b1", S("\x01\x00", 2), 1, 0},
      {"|i1", S("\xff\x05", 2), -1, 5},
      {"|u1", S("\xff\x05", 2), 255, 5},
      {"<i2", S("\xfe\xff\x00\x01", 4), -2, 256},
      {">i2", S("\xff\xfe\x01\x00", 4), -2, 256},
      {"<u2", S("\xff\xff\x00\x01", 4), 65535, 256},
      {"<i4", S("\xfe\xff\xff\xff\x00\x00\x01\x00", 8), -2, 65536},
      {">i4", S("\xff\xff\xff\xfe\x00\x01\x00\x00", 8), -2, 65536},
      {"<u4", S("\xff\xff\xff\xff\x01\x00\x00\x00", 8), 4294967295.0, 1},
      {">i8", S("\xff\xff\xff\xff\xff\xff\xff\xfe\x00\x00\x00\x01\x00\x00\x00\x00", 16), -2, 4294967296.0},
      {"<u8", S("\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00", 16), 2, 4294967296.0},
      {"<f2", S("\x00\xc1\x01\x00", 4), -2.5, 0x1p-24},
      {">f2", S("\x7b\xff\x3c\x00", 4), 65504, 1},
      {">f4", S("\xbf\xc0\x00\x00\x40\x00\x00\x00", 8), -1.5, 2},
      {">f8", S("\xbf\xf8\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00", 16), -1.5, 2},
  };
  for (const Case& one : cases) {
    INFO(one.type);
    write_bytes(path, crafted(header(one.type, "(2,)"), one.bytes));
    const Tensor<double> read = read_npy<double>(path);
    REQUIRE(read.shape() == Shape{2});
    CHECK(read(0) == one.first);
    CHECK(read(1) == one.second);
    if (one.type[1] == 'f') continue;
    const Indices whole = read_npy<std::int64_t>(path);
    CHECK(static_cast<double>(whole(0)) == one.first);
    CHECK(static_cast<double>(whole(1)) == one.second);
  }
  write_bytes(path, crafted(header("<f2", "(2,)"), S("\x00\x7c\x00\xfe", 4)));
  CHECK(read_npy<double>(path)(0) == INFINITY);
  CHECK(std::isnan(read_npy<double>(path)(1)));
}

TEST_CASE("npy: Fortran order and big-endian together, in a header as Python 2 wrote it", "[unit]") {
  const TemporaryDirectory directory;
  const auto path = directory / "t.npy";
  const std::string bytes("\0\1\0\4\0\2\0\5\0\3\0\6", 12);
  write_bytes(path, crafted("{\"descr\": \">i2\", \"fortran_order\": True, \"shape\": (2L, 3L)}", bytes));
  CHECK(std::ranges::equal(read_npy<double>(path).flat(), std::array<double, 6>{1, 2, 3, 4, 5, 6}));
}

TEST_CASE("npy: shapes that overflow are refused before anything is allocated", "[unit]") {
  const TemporaryDirectory directory;
  const auto path = directory / "t.npy";
  const std::string numbers(16, '\0');
  for (const std::string shape :
       {"(3, 6148914691236517206)", "(4294967296, 4294967296)", "(18446744073709551615,)",
        "(2, 2, 2, 2, 2305843009213693952)", "(9223372036854775808, 2)"}) {
    INFO(shape);
    write_bytes(path, crafted(header("<f8", shape), numbers));
    CHECK_THROWS_WITH(read_npy<double>(path), Contains("t.npy: shape") && Contains("truncated"));
  }
  write_bytes(path, crafted(header("<f8", "(18446744073709551616,)"), numbers));
  CHECK_THROWS_WITH(read_npy<double>(path), Contains("beyond 64 bits"));
  write_bytes(path, crafted(header("<f8", "(0, 18446744073709551615)"), numbers));
  CHECK(read_npy<double>(path).empty());
  write_bytes(path, crafted(header("<f8", "(1, 1, 1, 1, 1, 1, 1)"), numbers));
  CHECK_THROWS_WITH(read_npy<double>(path), Contains("more than 6 axes"));
}

TEST_CASE("npy: a hostile header is refused in a line, however long it is", "[unit]") {
  const TemporaryDirectory directory;
  const auto path = directory / "t.npy";
  const auto refused = [&](const std::string& bytes, const std::string& text) {
    write_bytes(path, bytes);
    INFO(text);
    std::string message;
    try {
      read_npy<double>(path);
    } catch (const DataError& error) {
      message = error.what();
    }
    CHECK_THAT(message, Contains("t.npy: ") && Contains(text));
    CHECK(message.size() < path.string().size() + 250);
  };
  refused(crafted(std::string(60000, ' '), ""), "unreadable .npy header");
  refused(crafted("{'descr': '" + std::string(60000, 'q') + "', }", ""), "elements of type 'qqq");
  refused(crafted("{'descr': '" + std::string(60000, 'x'), ""), "unreadable .npy header");
  const std::size_t long_header = 31457280;  // bytes
  refused(std::string("\x93NUMPY\x02\x00\x00\x00\xe0\x01", 12).append(long_header, ' '),
          "a header of 31457280 bytes");
  refused(std::string("\x93NUMPY\x07\x00\x10\x00", 10), "version 7");
  refused(std::string("\x93NUMPY\x01", 7), "truncated inside its header");
  refused(crafted("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", "12345678"),
          "plain numeric");
  refused(crafted(header("<c16", "(1,)"), std::string(16, '\0')), "'<c16'");
  refused(crafted(header("", "(1,)"), std::string(16, '\0')), "elements of type ''");
  refused(crafted(header("|O", "(1,)"), std::string(16, '\0')), "'|O'");
  refused(crafted(header("<f8", "(-1,)"), std::string(16, '\0')), "unreadable");
  refused(crafted(header("<f8", "(1,", "Maybe"), std::string(16, '\0')), "unreadable");
  refused(crafted(header("<i8", "(1,)"), std::string("\x01\x00\x00\x00\x00\x00\x20\x00", 8)), "too large");
}

TEST_CASE("npy: a digest vouches for type, row shape and numbers, and for nothing that comes later",
          "[unit]") {
  const TemporaryDirectory directory;
  const auto path = directory / "rows.npy";
  NpyWriter<double> writer(path, Shape{2});
  writer.append(std::array<double, 2>{1, 2});
  const Digest one = writer.digest();
  writer.append(std::array<double, 2>{3, 4});
  writer.flush();
  CHECK(one.bytes == 16);
  CHECK(digest_npy(path, 16) == one);
  CHECK(digest_npy(path, 32) == writer.digest());
  const std::string whole = bytes_of(path);
  for (const std::size_t at : {std::size_t{13}, whole.find("f8"), std::size_t{128}, std::size_t{143}}) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    write_bytes(path, flipped);
    INFO(at);
    CHECK_FALSE(digest_npy(path, 16) == one);
  }
  write_bytes(path, whole.substr(0, 140));
  CHECK_THROWS_WITH(digest_npy(path, 16), Contains("rows.npy: is shorter"));
}

TEST_CASE("a full disk does not go unnoticed", "[unit]") {
  REQUIRE(std::filesystem::exists("/dev/full"));
  CHECK_THROWS_WITH(NpyWriter<double>("/dev/full", Shape{2}),
                    Contains("/dev/full: cannot be written: No space left on device"));
}
