#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <locale>

#include "engine/io/csv.hpp"
#include "engine/io/npy.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using Catch::Matchers::Contains;
using test::TemporaryDirectory;

namespace {

std::filesystem::path file(const TemporaryDirectory& directory, const std::string& text) {
  std::ofstream(directory / "t.csv", std::ios::binary) << text;
  return directory / "t.csv";
}

}  // namespace

TEST_CASE("csv rows survive quotes, any line ending, a byte-order mark and blank lines", "[unit]") {
  const TemporaryDirectory directory;
  const auto rows = read_csv(file(directory,
                                  "\xEF\xBB\xBF"
                                  "a,\"b, c\"\r\n\r\n1,\"say \"\"hi\"\"\"\r\n 2 ,x"));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].cells == std::vector<std::string>{"a", "b, c"});
  CHECK(rows[1].cells == std::vector<std::string>{"1", "say \"hi\""});
  CHECK(rows[2].cells == std::vector<std::string>{"2", "x"});
  CHECK(rows[2].line == 4);
}

TEST_CASE("numbers keep every bit through text", "[property]") {
  for (double x : {0.1, 1e-300, 1.0 / 3, -2.5, 123456789.0, 5e-324})
    CHECK(parse_number(format_number(x)) == x);
  CHECK(std::isnan(*parse_number(format_number(std::nan("")))));
  CHECK(parse_number("+1.5") == 1.5);
  CHECK_FALSE(parse_number("+-1.5"));
  CHECK_FALSE(parse_number("1.5x"));
  CHECK_FALSE(parse_number(""));
}

TEST_CASE("csv: a bare carriage return ends a line", "[unit]") {
  const TemporaryDirectory directory;
  const auto rows = read_csv(file(directory, "a,b\r1,2\r\r3,4\r"));
  REQUIRE(rows.size() == 3);
  CHECK(rows[2].cells == std::vector<std::string>{"3", "4"});
  CHECK(rows[2].line == 4);
  CHECK_THROWS_WITH(parse_csv_line("t.csv", "1,2\r3,4", 7),
                    Contains("t.csv:7") && Contains("line end inside"));
  CHECK(parse_csv_line("t.csv", "1,2\r", 7).cells.size() == 2);
}

TEST_CASE("csv: any name comes back from its cell", "[property]") {
  const TemporaryDirectory directory;
  for (const std::string name :
       {"plain", "a,b", "say \"hi\"", "two\nlines", "old\rmac", " edge ", "", "\"", "é"}) {
    INFO(name);
    const auto rows = read_csv(file(directory, csv_cell(name) + ",x\n" + csv_cell(name) + ",y\n"));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].cells == std::vector<std::string>{name, "x"});
    CHECK(rows[1].cells == std::vector<std::string>{name, "y"});
  }
  CHECK_THROWS_WITH(read_csv(file(directory, "\"a\"b,c\n")), Contains("expected a comma behind"));
}

TEST_CASE("numbers are read and written the same under a locale with decimal commas", "[unit]") {
  struct German : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new German));
  const auto number = parse_number("1234.5");
  const bool refused = !parse_number("1.234,5");
  const std::string text = format_number(1234567.25);
  const TemporaryDirectory directory;
  {
    NpyWriter<double> writer(directory / "a.npy", Shape{12345});
    writer.append(std::vector<double>(12345, 0.5));
  }
  const Shape shape = read_npy<double>(directory / "a.npy").shape();
  std::locale::global(before);
  CHECK(number == 1234.5);
  CHECK(refused);
  CHECK(text == "1234567.25");
  CHECK(shape == Shape{1, 12345});
}

TEST_CASE("bad csv files are named by line and column", "[unit]") {
  const TemporaryDirectory directory;
  CHECK_THROWS_WITH(read_csv(file(directory, "a,b\n1,2\n3\n")), Contains("t.csv:3") && Contains("ragged"));
  CHECK(read_csv(file(directory, "a,b\n1,2\n3"), 2).size() == 2);  // a torn end nobody asked for
  CHECK_THROWS_WITH(read_csv(file(directory, "\n\n")), Contains("is empty"));
  CHECK_THROWS_WITH(read_csv(file(directory, "a,\"b\n")), Contains("never closed"));
  CHECK_THROWS_WITH(read_csv(directory.path()), Contains("is a directory"));
  CHECK_THROWS_WITH(read_csv(directory / "none.csv"), Contains("cannot be read"));
  const auto rows = read_csv(file(directory, "1,two\n"));
  CHECK_THROWS_WITH(require_number("t.csv", rows[0], 1), Contains("t.csv:1: column 2") && Contains("'two'"));
}

TEST_CASE("a mistyped name is answered with the nearest one", "[unit]") {
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK_THAT(unknown_name("setting", "deep-liner", {"schematic", "deep-linear"}),
             Contains("did you mean 'deep-linear'"));
  CHECK_THAT(unknown_name("setting", "qqqqqqqqqq", {"schematic"}),
             !Contains("did you mean") && Contains("schematic"));
}
