/// The attention patterns that a transformer's run leaves behind.

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/io/npy.hpp"
#include "tests/support/program.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

const std::string short_run =
    "run induction --set quick=true --steps 600 --set checkpoint_every=300 --quiet ";

}  // namespace

TEST_CASE("an induction run records what its heads attend to", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(short_run + "--out run").code == 0);
  const Json info = Json::parse(here.read("run/run.json"))["attention"];
  CHECK(info["heads"] == Json{"layer 1, head 1", "layer 1, head 2", "layer 2, head 1", "layer 2, head 2"});
  REQUIRE(info["probes"].size() == 2);
  CHECK(info["tokens"][0].size() == 16);

  const auto steps = read_npy<std::int64_t>(here / "run/attention_steps.npy");
  const auto patterns = read_npy<double>(here / "run/attention.npy");
  REQUIRE(patterns.shape() == Shape{61, 4, 2, 16, 16});  // every second of 121 recordings
  CHECK(steps(0) == 0);
  CHECK(steps(1) == 10);
  CHECK(steps(60) == 600);
  for (std::size_t query = 0; query < patterns.size() / 16; ++query) {
    double sum = 0;
    for (std::size_t key = 0; key < 16; ++key) {
      const double weight = patterns.flat()[16 * query + key];
      sum += weight;
      if (key > query % 16) CHECK(weight == 0);  // causal
    }
    CHECK(sum == Approx(1).epsilon(1e-5));  // single precision
  }
}

TEST_CASE("a resumed run has the attention patterns of an uninterrupted one, to the byte", "[property]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(short_run + "--out whole").code == 0);
  fs::copy(here / "whole", here / "killed", fs::copy_options::recursive);
  fs::remove(here / "killed/checkpoints/step-00000600.safetensors");
  const Outcome done = here.premelt("run --resume --quiet --out killed");
  INFO(done.err);
  REQUIRE(done.code == 0);
  CHECK(here.read("whole/attention.npy") == here.read("killed/attention.npy"));
  CHECK(here.read("whole/attention_steps.npy") == here.read("killed/attention_steps.npy"));
}

TEST_CASE("a run resumed with more steps has the attention patterns of one that was as long from the start",
          "[property]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string run = "run induction --set quick=true --set window=4 --set every=1 --quiet ";
  REQUIRE(here.premelt(run + "--steps 60 --out run").code == 0);
  REQUIRE(here.premelt("run --resume --quiet --steps 150 --out run").code == 0);
  REQUIRE(here.premelt(run + "--steps 150 --out whole").code == 0);
  CHECK(read_npy<std::int64_t>(here / "whole/attention_steps.npy").size() == 38);  // every fourth of 151
  CHECK(here.read("whole/attention_steps.npy") == here.read("run/attention_steps.npy"));
  CHECK(here.read("whole/attention.npy") == here.read("run/attention.npy"));
}

TEST_CASE("a setting without attention leaves no file of it", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt("run schematic --quiet --out run").code == 0);
  CHECK_FALSE(fs::exists(here / "run/attention.npy"));
  CHECK_FALSE(Json::parse(here.read("run/run.json")).contains("attention"));
}
