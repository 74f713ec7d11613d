#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <string>

#include "engine/io/table.hpp"
#include "engine/tensor/error.hpp"
#include "tests/support/live_memory.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using Catch::Contains;

namespace {

std::filesystem::path written(const test::TemporaryDirectory& here, const std::string& text) {
  std::ofstream(here / "t.csv", std::ios::binary) << text;
  return here / "t.csv";
}

}  // namespace

TEST_CASE("a table's numbers are read where they lie", "[unit]") {
  const test::TemporaryDirectory here;
  const auto path = written(here, "\xEF\xBB\xBFstep,\"a,b\",c\r\n1, 2.5 ,\"-3e-7\"\r\n\r\n2,nan,4\r\n");
  const Table table = read_table(path);
  CHECK(table.columns == std::vector<std::string>{"step", "a,b", "c"});
  CHECK(table.values.shape() == Shape{2, 3});
  CHECK(table.values(0, 0) == 1);
  CHECK(table.values(0, 1) == 2.5);
  CHECK(table.values(0, 2) == -3e-7);
  CHECK(std::isnan(table.values(1, 1)));
  CHECK(table.values(1, 2) == 4);
  CHECK(find_column(table, "c") == 2);
  CHECK(find_column(table, "d") == 3);
  CHECK(row_count(table) == 2);
  const TableRows top = table.values.first(1);
  CHECK(top.shape() == Shape{1, 3});
  CHECK(top.tensor()(0, 2) == -3e-7);
  CHECK_THROWS_AS(top.first(2), ShapeError);
}

TEST_CASE("a table's last line counts only when it ends, and rows behind the asked ones are not looked at",
          "[unit]") {
  const test::TemporaryDirectory here;
  CHECK(row_count(read_table(written(here, "a,b\n1,2\n3,4"))) == 1);
  CHECK(row_count(read_table(written(here, "a,b\n1,2\n3,x\n"), 1)) == 1);
  CHECK(row_count(read_table(written(here, "a,b\n"))) == 0);
}

TEST_CASE("a table that is none is refused with its line", "[unit]") {
  const test::TemporaryDirectory here;
  CHECK_THROWS_WITH(read_table(written(here, "a,b\n1,2\n3\n")), Contains("t.csv:3") && Contains("ragged"));
  CHECK_THROWS_WITH(read_table(written(here, "a,b\n1,two\n")),
                    Contains("t.csv:2") && Contains("column 2") && Contains("two"));
  CHECK_THROWS_WITH(read_table(written(here, "")), Contains("is empty"));
  CHECK_THROWS_WITH(read_table(written(here, "a,b")), Contains("is empty"));
  CHECK_THROWS_WITH(read_table(here / "none.csv"), Contains("cannot be read"));
  CHECK_THROWS_WITH(read_table(here.path()), Contains("is a directory"));
}

TEST_CASE("a table's rows share the numbers of a matrix", "[unit]") {
  const TableRows rows(Tensor<double>(Shape{2, 2}, std::vector<double>{1, 2, 3, 4}));
  CHECK(rows(1, 0) == 3);
  CHECK(rows.first(1).tensor()(0, 1) == 2);
  CHECK(TableRows().shape() == Shape{0, 0});
  CHECK_THROWS_AS(TableRows(Tensor<double>(Shape{3})), ShapeError);
}

TEST_CASE("of a long table only the places of its rows are held", "[unit]") {
  const test::TemporaryDirectory here;
  constexpr std::size_t rows = 100000;
  {
    std::ofstream file(here / "t.csv");
    file << "step,a,b,c,d\n";
    for (std::size_t i = 0; i < rows; ++i) file << i << ",0.12345678901234567,0.2,0.3," << i % 7 << "\n";
  }
  const std::size_t before = test::live_memory();
  const Table table = read_table(here / "t.csv");
  CHECK(test::live_memory() - before < 2'500'000);  // eight bytes a row, and room to grow
  CHECK(table.values(rows - 1, 0) == rows - 1);
  CHECK(table.values(rows - 1, 4) == (rows - 1) % 7);
}
