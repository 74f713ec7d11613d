/// The physics toys: their dynamics against exact answers, and what their event-free twins do.

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/tensor/error.hpp"
#include "models/settings/registry.hpp"
#include "models/tasks/langevin.hpp"
#include "tests/support/collected_run.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

double variance(const std::vector<double>& x) {
  double sum = 0, squares = 0;
  for (double value : x) {
    sum += value;
    squares += value * value;
  }
  const auto n = static_cast<double>(x.size());
  return squares / n - sum * sum / (n * n);
}

}  // namespace

TEST_CASE("Langevin dynamics in a well have the exact variance and memory, within 3 %", "[unit]") {
  constexpr double rate = 0.1, noise = 0.1;
  const Langevin dynamics{rate, noise};
  for (double curvature : {0.25, 1.0, 4.0}) {
    Rng rng(5, "data");
    double x = 0, squares = 0, products = 0;
    constexpr int steps = 2000000;
    for (int t = 0; t < steps; ++t) {
      const double before = x;
      x = dynamics.next(x, curvature * x, rng);
      squares += x * x;
      products += x * before;
    }
    const double exact = rate * noise * noise / (curvature * (2 - rate * curvature));
    INFO("curvature " << curvature);
    CHECK(squares / steps == Approx(exact).epsilon(0.03));
    CHECK(products / squares == Approx(1 - rate * curvature).epsilon(0.03));
  }
}

TEST_CASE("balanced couplings cancel in the mean loss, others do not", "[unit]") {
  const auto mean_loss = [](const std::string& signs) {
    const CoupledProbes probes(with("pitchfork", {{"signs", signs}, {"measurement_noise", "0"}}));
    Rng noise(1, "noise");
    std::vector<double> losses(60);
    probes.losses(std::vector{0.5}, std::vector<double>(8, 0.0), noise, losses);
    double sum = 0;
    for (double loss : losses) sum += loss / 60;
    return sum;
  };
  CHECK(mean_loss("balanced") == Approx(1).epsilon(1e-12));
  CHECK(mean_loss("same") == Approx(1 + 0.5 * 20 / 60.0).margin(0.03));
  CHECK_THROWS_AS(CoupledProbes(with("fold", {{"coupled", "61"}})), UsageError);
}

TEST_CASE("several directions move on their own, each seen by its own probes", "[unit]") {
  const auto alone = find_setting("pitchfork")
                         .make(with("pitchfork", {{"directions", "3"},
                                                  {"coupled", "6"},
                                                  {"probes", "6"},
                                                  {"spectators", "0"},
                                                  {"measurement_noise", "0"}}));
  for (int step = 0; step < 20; ++step) alone->step();
  std::vector<double> losses(6);
  alone->probe_losses(losses);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK((losses[i] - 1) * (losses[i + 3] - 1) > 0);  // the same coordinate
    CHECK(losses[i] != Approx(losses[(i + 1) % 3]).epsilon(1e-6));
  }
}

TEST_CASE("each toy has its event, and its twin does not", "[unit]") {
  const auto steps_of = [](const CollectedRun& run, const std::string& name) {
    std::vector<std::int64_t> steps;
    for (const Event& event : run.events) {
      if (event.name == name) steps.push_back(event.step);
    }
    return steps;
  };
  // a falls from 1 to -0.5 in 4000 steps, so it reaches 0 in the first step after 2666.67.
  CHECK(steps_of(collect("pitchfork", {}), "critical_50") == std::vector<std::int64_t>{2667});
  CHECK(steps_of(collect("pitchfork", {{"control", "constant"}}), "critical_50").empty());
  // The spinodal is at h = 0.385, step 2566; the particle is slow there, and noise helps it.
  const auto jump = steps_of(collect("fold", {}), "jump_50");
  REQUIRE(jump.size() == 1);
  CHECK(jump[0] == Approx(2620).margin(150));
  CHECK(steps_of(collect("fold", {{"control", "constant"}}), "jump_10").empty());
  CHECK(steps_of(collect("metastable", {{"steps", "30000"}, {"window", "20"}}), "escape_50").size() == 1);
  CHECK(steps_of(collect("metastable", {{"control", "confined"}, {"steps", "30000"}, {"window", "20"}}),
                 "escape_10")
            .empty());
}

TEST_CASE("a drifting well takes the particle along at its speed", "[unit]") {
  const CollectedRun run = collect("drift", {{"noise_sd", "0"}});
  CHECK(run.order.at("parameter").back() == Approx(4));
  // It lags by speed/η = 0.001/0.1.
  CHECK(run.order.at("x").back() == Approx(4 - 0.01).epsilon(1e-3));
  CHECK(collect("drift", {{"control", "constant"}}).order.at("parameter").back() == 0);
}

TEST_CASE("decay-annealed: mode 1 grows only once weight decay has fallen to S_1", "[unit]") {
  const CollectedRun run = collect("decay-annealed", {{"steps", "6000"}, {"window", "20"}});
  const auto at = [&](const char* name, std::size_t step) { return run.order.at(name)[step]; };
  CHECK(at("weight_decay", 3200) == Approx(2));
  CHECK(at("drive", 3200) == Approx(1));
  CHECK(std::abs(at("s1", 1000)) < 0.2);
  CHECK(at("s1", 6000) > 0.3);  // settles near S_1 - 1.5 = 0.5
  const CollectedRun twin =
      collect("decay-annealed", {{"steps", "6000"}, {"window", "20"}, {"control", "constant"}});
  CHECK(variance(twin.order.at("s1")) < 0.02);
  CHECK(twin.order.at("drive").back() == 0);
}

TEST_CASE("deep-linear: the twin of mode K learns the modes before it and no more", "[unit]") {
  const CollectedRun run = collect("deep-linear", {{"control", "mode2"}, {"steps", "1500"}});
  CHECK(run.order.at("s1").back() == Approx(4).epsilon(0.05));
  for (const char* mode : {"s2", "s3", "s4"}) CHECK(std::abs(run.order.at(mode).back()) < 0.1);
  CHECK_THROWS_AS(collect("deep-linear", {{"control", "mode5"}, {"steps", "10"}}), UsageError);
  CHECK_THROWS_AS(collect("deep-linear", {{"control", "mode"}, {"steps", "10"}}), UsageError);
}
