#include <catch2/catch.hpp>
#include <string>

#include "engine/tensor/error.hpp"
#include "models/settings/registry.hpp"

using namespace premelt;
using Catch::Matchers::Contains;

TEST_CASE("a setting that commands could not tell apart or name is refused", "[unit]") {
  const Setting good = find_setting("pitchfork");
  const std::size_t before = settings().size();
  CHECK_THROWS_WITH(add_setting(good), Contains("'pitchfork' is there already"));
  for (const std::string name : {"", "Mine", "my setting", "../mine"}) {
    Setting named = good;
    named.name = name;
    CHECK_THROWS_WITH(add_setting(named), Contains("'" + name + "': expected a name of lower-case letters"));
  }
  Setting empty = good;
  empty.name = "mine";
  empty.make = nullptr;
  CHECK_THROWS_WITH(add_setting(empty), Contains("'mine' has no function"));
  CHECK(settings().size() == before);
}
