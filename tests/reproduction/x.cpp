#include <catch2/catch.hpp>
TEST_CASE("p") { CHECK(true); }
