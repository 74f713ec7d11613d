/// `--detector NAME=COMMAND`.

#include "cli/runs/outside_detector.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"

using namespace premelt;
using namespace premelt::cli;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

const std::string examples = std::string(PREMELT_SOURCE_DIR) + "/docs/examples/";

RunTrace noisy_run() {
  Rng rng(2, "noise");
  RunTrace run;
  run.losses = normal_tensor<double>(Shape{50, 3}, rng, 0.1, 3.0);
  for (std::size_t t = 0; t < 50; ++t) {
    run.steps.push_back(static_cast<std::int64_t>(5 * t));
    run.weight_norm.push_back(t == 0 ? NAN : 2.5);
  }
  return run;
}

}  // namespace

TEST_CASE("the examples of an outside detector give the fall of the mean loss, null as no statement",
          "[cli]") {
  const RunTrace run = noisy_run();
  for (const std::string& command :
       {"python3 " + examples + "fall_detector.py", std::string(PREMELT_FALL_DETECTOR)}) {
    INFO(command);
    OutsideDetector fall("fall", command);
    const auto values = fall(run);
    CHECK(fall.failure().empty());
    REQUIRE(values);
    REQUIRE(values->size() == 50);
    for (std::size_t t = 0; t < 50; ++t) {
      if (t < 39) {
        CHECK(std::isnan((*values)[t]));
        continue;
      }
      double expected = 0;
      for (std::size_t i = 0; i < 3; ++i) expected += (run.losses(t - 39, i) - run.losses(t, i)) / 3;
      CHECK(std::abs((*values)[t] - expected) <= 1e-12);
    }
  }
}

TEST_CASE("an outside detector reads steps, losses and the norms that are recorded", "[cli]") {
  RunTrace run = noisy_run();
  OutsideDetector steps("steps", "sed -u -E 's/.*\"step\":([0-9]+).*/\\1/'"),
      losses("third", "sed -u -E 's/.*,([-0-9.e]+)\\].*/\\1/'"),
      norms("norms", "sed -u -E 's/.*\"weight_norm\":([^}]+).*/\\1/'"),
      gradients("gradients", "sed -u -E 's/.*gradient_norm.*/1/; s/.*step.*/0/'");
  CHECK(steps(run)->at(7) == 35);
  CHECK(losses(run)->at(7) == run.losses(7, 2));
  CHECK(std::isnan(norms(run)->at(0)));
  CHECK(norms(run)->at(7) == 2.5);
  CHECK(gradients(run)->at(7) == 0);
}

TEST_CASE("an outside detector that fails is named once, with the step, and not asked again", "[cli]") {
  const RunTrace run = noisy_run();
  OutsideDetector dies("dies", "for i in 1 2 3; do read line; echo $i; done; exit 4"),
      hangs("hangs", "read line; echo 1; sleep 100", 100ms), nonsense("nonsense", "sed -u 's/.*/good/'");
  CHECK_FALSE(dies(run));
  CHECK(dies.failure() == "ended with exit code 4, at step 15");
  CHECK_FALSE(dies(run));
  CHECK_FALSE(hangs(run));
  CHECK_THAT(hangs.failure(), Contains("gave no answer within 0.1 s") && Contains("at step 5"));
  CHECK_FALSE(nonsense(run));
  CHECK_THAT(nonsense.failure(), Contains("answered \"good\", expected a number or null, at step 0"));
}

TEST_CASE("an outside detector has a name of its own and a command", "[cli]") {
  for (const char* name : {"shc", "shc_mine", "clock", "oracle", "", "a b", "a,b", "a/b"}) {
    INFO(name);
    CHECK_THROWS_AS(OutsideDetector(name, "cat"), UsageError);
  }
  CHECK_THROWS_AS(OutsideDetector("mine", ""), UsageError);
  CHECK(OutsideDetector("mine-2_b", "cat").name() == "mine-2_b");
}
