/// `premelt analyze` from outside, on losses recorded by PyTorch and on bad files.

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/npy.hpp"
#include "tests/support/program.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;
using Json = nlohmann::json;

namespace {

const std::string data = PREMELT_SOURCE_DIR "/tests/data/";

}  // namespace

TEST_CASE("the induction transition of a PyTorch run is seen, with its alarm and blocks", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string files = data + "pytorch_induction_losses.npy --steps-file steps.csv --blocks " + data +
                            "pytorch_induction_blocks.csv";
  std::ifstream order(data + "pytorch_induction_order.csv");
  std::string steps, line;
  while (std::getline(order, line)) steps += line.substr(0, line.find(',')) + "\n";
  here.file("steps.csv", steps);
  const Outcome done = here.premelt("analyze " + files + " --window 20 --json");
  INFO(done.err);
  REQUIRE(done.code == 0);
  const Json result = Json::parse(done.out);
  CHECK(result["recordings"] == 401);
  CHECK(result["probes"] == 64);
  CHECK(result["window"] == 20);
  CHECK(result["events"].size() >= 1);
}
