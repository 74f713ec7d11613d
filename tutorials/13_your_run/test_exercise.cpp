#include <catch2/catch.hpp>
#include <sstream>
#include <vector>

#include LESSON_HEADER

TEST_CASE("losses survive being written down", "[unit][lesson]") {
  CHECK(lesson::csv_header(3) == "step,0,1,2");

  const std::vector<double> losses{0.5, 1.0 / 3, 1e-9, 1.000000001e-9, 123456.789};
  std::istringstream line(lesson::csv_line(15, losses));
  std::string cell;
  REQUIRE(std::getline(line, cell, ','));
  CHECK(cell == "15");
  for (const double loss : losses) {
    REQUIRE(std::getline(line, cell, ','));
    CHECK(std::stod(cell) == loss);
  }
  CHECK_FALSE(std::getline(line, cell, ','));
}
