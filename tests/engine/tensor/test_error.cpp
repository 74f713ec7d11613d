#include "engine/tensor/error.hpp"

#include <catch2/catch.hpp>

using namespace premelt;

TEST_CASE("a message goes on behind a NUL and gives no orders to the terminal", "[unit]") {
  using namespace std::string_literals;
  const DataError error("losses.csv: probe 'a\0b' is \x1B[2Jmissing\nchoose another"s);
  REQUIRE(std::string(error.what()) == "losses.csv: probe 'a\\x00b' is \\x1B[2Jmissing\nchoose another");
}
