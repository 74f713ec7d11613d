#include <catch2/catch.hpp>

#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"
#include "models/experiment/hyperparameters.hpp"
#include "models/experiment/setting.hpp"
#include "models/settings/registry.hpp"

using namespace premelt;
using Catch::Matchers::Contains;

namespace {

Hyperparameters sample() {
  return Hyperparameters({{"steps", std::int64_t{10}, "training steps", 1},
                          {"rate", 0.5, "step size", 0},
                          {"kind", std::string("a"), "which", {}, {"a", "b"}},
                          {"flag", false, "on or off"},
                          {"strengths", std::vector<double>{2, 1}, "modes", 0}});
}

}  // namespace

TEST_CASE("parameters parse by the type of their default", "[unit]") {
  Hyperparameters p = sample();
  p.parse("steps", "1e3");
  p.parse("rate", "2");
  p.parse("kind", "b");
  p.parse("flag", "true");
  p.parse("strengths", "3,0.5");
  CHECK(p.count("steps") == 1000);
  CHECK(p.number("rate") == 2.0);
  CHECK(p.text("kind") == "b");
  CHECK(p.flag("flag"));
  CHECK(p.list("strengths") == std::vector<double>{3, 0.5});
  p.set("rate", HyperparameterValue(std::int64_t{3}));
  CHECK(p.number("rate") == 3.0);
}

TEST_CASE("wrong parameters are refused with what was expected", "[unit]") {
  Hyperparameters p = sample();
  CHECK_THROWS_WITH(p.parse("stps", "1"), Contains("did you mean 'steps'"));
  CHECK_THROWS_WITH(p.parse("steps", "1.5"), Contains("expected an integer") && Contains("'1.5'"));
  CHECK_THROWS_WITH(p.parse("steps", "0"), Contains("out of range") && Contains(">= 1"));
  CHECK_THROWS_WITH(p.parse("rate", "fast"), Contains("expected a number"));
  CHECK_THROWS_WITH(p.parse("rate", "nan"), Contains("out of range"));
  CHECK_THROWS_WITH(p.parse("kind", "c"), Contains("unknown value 'c'") && Contains("a, b"));
  CHECK_THROWS_WITH(p.parse("strengths", "1,x"), Contains("numbers separated by commas"));
  CHECK_THROWS_WITH(p.parse("strengths", ""), Contains("numbers separated by commas"));
  CHECK_THROWS_AS(p.parse("flag", "maybe"), UsageError);
}

TEST_CASE("values print as TOML in their shortest exact form", "[unit]") {
  CHECK(to_toml(0.005) == "0.005");
  CHECK(to_toml(4.0) == "4.0");
  CHECK(to_toml(1e-5) == "1e-05");
  CHECK(to_toml(std::int64_t{7}) == "7");
  CHECK(to_toml(true) == "true");
  CHECK(to_toml(std::string("a \"b\"\\")) == "\"a \\\"b\\\"\\\\\"");
  CHECK(to_toml(std::vector<double>{4, 0.5}) == "[4.0, 0.5]");
}

TEST_CASE("whole numbers are exact, and end where sums of them would overflow", "[unit]") {
  Hyperparameters p = sample();
  p.parse("steps", "999999999999999");
  CHECK(p.integer("steps") == 999999999999999);
  p.parse("steps", "+7");
  CHECK(p.integer("steps") == 7);
  for (const char* text : {"9223372036854775807", "1000000000000001", "9223372036854775808", "1e300", "0x10",
                           " 5", "5x", "", "nan", "+-5", "--5", "1.5", "1e-3"}) {
    INFO(text);
    CHECK_THROWS_AS(p.parse("steps", text), UsageError);
    CHECK(p.integer("steps") == 7);
  }
  Hyperparameters seeds(
      {{"seed", std::int64_t{1}, "seed", 0, {}, 0x1p63}, {"share", 0.5, "share", 0, {}, 1}});
  seeds.parse("seed", "9007199254740993");
  CHECK(seeds.integer("seed") == 9007199254740993);
  CHECK_THROWS_WITH(seeds.parse("share", "1e30"),
                    Contains("1e+30 is out of range") && Contains(">= 0 and <= 1"));
}

TEST_CASE("no more modes are kept than there are probes", "[unit]") {
  Hyperparameters parameters = parameter_table({.steps = 100, .window = 10}, {});
  parameters.parse("modes", "1000");
  CHECK(monitor_options(parameters, 64).modes == 64);
  parameters.parse("modes", "2");
  CHECK(monitor_options(parameters, 64).modes == 2);
}

TEST_CASE("control characters in texts are escaped as TOML writes them", "[unit]") {
  CHECK(to_toml(std::string("a\nb\x7f")) == "\"a\\u000Ab\\u007F\"");
}

TEST_CASE("UTF-8 is told from what is none", "[unit]") {
  for (const char* text : {"", "plain", "Größe ∞", "\xF0\x9F\x98\x80", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"})
    CHECK(is_utf8(text));
  for (const char* text : {"\xFF", "caf\xE9", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",
                           "\xF4\x90\x80\x80", "\x80", "\xF0\x9F\x98", "\xF8\x88\x80\x80\x80"}) {
    INFO(text);
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("settings are found by name, and nearly", "[unit]") {
  CHECK(find_setting("deep-linear").name == "deep-linear");
  CHECK_THROWS_WITH(find_setting("deeplinear"), Contains("did you mean 'deep-linear'"));
}
