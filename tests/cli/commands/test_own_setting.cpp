/// A program of somebody else's with a setting of its own (docs/examples/phase_retrieval.cpp): the commands
/// know it as they know ours.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/program.hpp"

using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

constexpr const char* program = PREMELT_OWN_PROGRAM;

void must_succeed(const Outcome& done) {
  INFO(done.err);
  REQUIRE(done.code == 0);
}

}  // namespace

TEST_CASE("a setting written outside the repository is listed, run, resumed, drawn and compared", "[unit]") {
  const Workplace here(program);
  CHECK_THAT(here.premelt("settings").out, Contains("pitchfork") && Contains("\nphase-retrieval "));
  CHECK_THAT(here.premelt("settings phase-retrieval").out, Contains("init_sd = 0.01"));
  CHECK(here.premelt("run phase-retrieval --set widow=20").code == 2);

  must_succeed(here.premelt("run phase-retrieval --out whole --steps 80 --quiet"));
  must_succeed(here.premelt("run phase-retrieval --out parts --steps 40 --quiet"));
  must_succeed(here.premelt("run --resume --out parts --steps 80 --quiet"));
  for (const std::string file : {"losses.npy", "signals.csv", "order.csv"})
    CHECK(here.read("whole/" + file) == here.read("parts/" + file));
  CHECK_THAT(here.read("whole/report.html"), Contains("phase-retrieval") && Contains("overlap"));
  must_succeed(here.premelt("report whole"));
  must_succeed(here.premelt("compare whole --at 40 --draws 200 --sampler gaussian"));
}

TEST_CASE("a setting written outside the repository is raced", "[unit]") {
  const Workplace here(program);
  must_succeed(here.premelt(
      "sweep phase-retrieval --seeds 200..201 --controls 1 --steps 80 --no-whitening --quiet --out raced"));
  CHECK_THAT(here.read("raced/scores.csv"), Contains("found"));
  CHECK_THAT(here.read("raced/report.html"), Contains("phase-retrieval"));
}
