#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <set>

#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"
#include "models/networks/modular_model.hpp"
#include "models/settings/registry.hpp"
#include "tests/support/collected_run.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

/// Column n is cos(2π·frequencies[n]·a/p), (p,N).
Tensor<double> waves(std::size_t p, const std::vector<std::size_t>& frequencies) {
  Tensor<double> x(Shape{p, frequencies.size()});
  for (std::size_t a = 0; a < p; ++a) {
    for (std::size_t n = 0; n < frequencies.size(); ++n) {
      x(a, n) =
          std::cos(2 * std::numbers::pi * static_cast<double>(frequencies[n] * a) / static_cast<double>(p));
    }
  }
  return x;
}

}  // namespace

TEST_CASE("Fourier power is 1 for one wave a unit, one half for two equal ones, and ignores the mean",
          "[unit]") {
  CHECK(fourier_power(waves(31, {1, 4, 15})) == Approx(1));
  Tensor<double> mixed = waves(31, {3, 5});
  for (std::size_t a = 0; a < 31; ++a) mixed(a, 0) = mixed(a, 1) = mixed(a, 0) + mixed(a, 1) + 7;
  CHECK(fourier_power(mixed) == Approx(0.5));
}

TEST_CASE("the Fourier power of noise is the expected largest share of equal exponential powers",
          "[property]") {
  Rng rng(5, "noise");
  double harmonic = 0;
  for (int k = 1; k <= 15; ++k) harmonic += 1.0 / k;
  CHECK(fourier_power(normal_tensor<double>(Shape{31, 4000}, rng)) == Approx(harmonic / 15).epsilon(0.02));
}

TEST_CASE("modular task: the parts share no pair, sum up to the table, and are labelled by their sum",
          "[unit]") {
  const ModularTask task(with("grokking", {}));
  std::set<std::pair<std::int64_t, std::int64_t>> seen;
  for (const Pairs* part : {&task.train(), &task.test()}) {
    for (std::size_t i = 0; i < part->labels.size(); ++i) {
      CHECK(seen.emplace(part->first(i), part->second(i)).second);
      CHECK(part->labels(i) == (part->first(i) + part->second(i)) % 31);
    }
  }
  CHECK(task.train().labels.size() == 480);
  CHECK(seen.size() == 961);
  CHECK(std::ranges::count(task.probe_blocks(), "test") == 64);
  CHECK(task.probes().first(0) == task.test().first(0));
  CHECK(task.probes().first(64) == task.train().first(0));
}

TEST_CASE("modular task: controls change the labels or the share of training pairs", "[unit]") {
  const ModularTask few(with("grokking", {{"control", "low_fraction"}}));
  CHECK(few.train().labels.size() == 192);
  const ModularTask random(with("grokking", {{"control", "random_labels"}}));
  std::size_t right = 0;
  for (std::size_t i = 0; i < random.test().labels.size(); ++i) {
    right += random.test().labels(i) == (random.test().first(i) + random.test().second(i)) % 31;
  }
  CHECK(right < random.test().labels.size() / 10);
  CHECK_THROWS_WITH(ModularTask(with("grokking", {{"modulus", "30"}})), Contains("'modulus'"));
  CHECK_THROWS_WITH(ModularTask(with("grokking", {{"fraction", "0.99"}})), Contains("'fraction'"));
}

TEST_CASE("modular models: the quadratic one in naive loops, the transformer reads a, b, = in order",
          "[unit]") {
  const ModularTask task(with("grokking", {}));
  const Pairs& pairs = task.probes();
  Parameters<double> weights;
  Rng rng(3, "init");
  const ModularModel quadratic(weights, with("grokking", {{"hidden", "5"}}), 31, rng);
  const Tensor<double> logits = quadratic(weights.constants(), pairs).value();
  REQUIRE(logits.shape() == Shape{128, 31});
  const Tensor<double> a = weights["first"], b = weights["second"], out = weights["out"];
  for (std::size_t c = 0; c < 31; ++c) {
    double logit = 0;
    for (std::size_t n = 0; n < 5; ++n) {
      const double sum =
          a(static_cast<std::size_t>(pairs.first(7)), n) + b(static_cast<std::size_t>(pairs.second(7)), n);
      logit += sum * sum * out(n, c);
    }
    CHECK(logits(7, c) == Approx(logit));
  }
  CHECK(quadratic.fourier_power(weights.constants()) == Approx((fourier_power(a) + fourier_power(b)) / 2));

  Parameters<double> others;
  const ModularModel transformer(others, with("grokking", {{"model", "transformer"}}), 31, rng);
  const Tensor<double> ahead = transformer(others.constants(), pairs).value();
  CHECK(ahead.shape() == Shape{128, 31});
  const Pairs swapped{pairs.second, pairs.first, pairs.labels};
  const Tensor<double> behind = transformer(others.constants(), swapped).value();
  CHECK(std::abs(ahead(0, 0) - behind(0, 0)) > 1e-6);
  CHECK(transformer.fourier_power(others.constants()) < 0.4);
  CHECK_THROWS_WITH(
      find_setting("grokking").make(with("grokking", {{"model", "transformer"}, {"heads", "5"}})),
      Contains("'heads'"));
}

TEST_CASE("grokking: the loss of a certain answer is small, never 0", "[unit]") {
  const auto experiment =
      find_setting("grokking").make(with("grokking", {{"modulus", "23"}, {"dtype", "float64"}}));
  Checkpoint checkpoint;
  experiment->save(checkpoint);
  // Logits a hundred times as far apart: the probes that were right by chance become certain.
  for (double& weight : std::get<Tensor<double>>(checkpoint.tensors.at("parameters.out")).flat())
    weight *= 100;
  experiment->load(checkpoint);
  std::vector<double> losses(128);
  experiment->probe_losses(losses);
  CHECK(std::ranges::all_of(losses, [](double loss) { return loss > 0; }));
  CHECK(std::ranges::min(losses) < 1e-17);
}

TEST_CASE("grokking: the twin without decay differs by the decay alone", "[unit]") {
  const auto after_a_step = [](const char* control) {
    const auto experiment =
        find_setting("grokking").make(with("grokking", {{"control", control}, {"dtype", "float64"}}));
    const Tensor<double> before = experiment->position().clone();
    experiment->step();
    return std::pair(before, experiment->position().clone());
  };
  const auto [start, run] = after_a_step("none");
  const auto [same_start, twin] = after_a_step("no_decay");
  for (std::size_t i = 0; i < start.size(); i += 97) {
    REQUIRE(start(i) == same_start(i));
    CHECK(twin(i) - run(i) == Approx(0.002 * 1.0 * start(i)).epsilon(1e-9).margin(1e-15));
  }
}

TEST_CASE("grokking: the race's twin is the run itself until the watch begins, and loses its decay then",
          "[unit]") {
  const auto recorded = [](const std::string& control) {
    return collect("grokking", {{"quick", "true"},
                                {"steps", "30"},
                                {"every", "1"},
                                {"window", "5"},
                                {"burn_in", "20"},
                                {"control", control}});
  };
  const auto spec = find_setting("grokking").make(with("grokking", {}))->events().front();
  const CollectedRun run = recorded("none"), twin = recorded(spec.control), other = recorded("no_decay");
  CHECK(run.losses[1] != other.losses[1]);
  for (std::size_t step = 0; step <= 20; ++step) REQUIRE(twin.losses[step] == run.losses[step]);
  CHECK(twin.losses[21] != run.losses[21]);
}

TEST_CASE("quick defaults give way to what is asked for", "[unit]") {
  CHECK(with("grokking", {{"quick", "true"}}).integer("modulus") == 23);
  CHECK(with("grokking", {{"quick", "true"}, {"modulus", "29"}}).integer("modulus") == 29);
  CHECK(with("grokking", {{"quick", "false"}}).integer("modulus") == 31);
}

TEST_CASE("grokking memorises first, in float32 and in float64 alike", "[property]") {
  const Overrides shorter{{"steps", "200"}, {"window", "5"}};
  Overrides wide = shorter;
  wide.emplace_back("dtype", "float64");
  const CollectedRun narrow_run = collect("grokking", shorter), wide_run = collect("grokking", wide);
  for (const CollectedRun* run : {&narrow_run, &wide_run}) {
    CHECK(run->order.at("train_accuracy").back() >= 0.99);
    CHECK(run->order.at("test_accuracy").back() <= 0.1);
    REQUIRE(run->signals.at("shc_log_test").size() == 21 - 4);
    CHECK(std::ranges::all_of(run->signals.at("shc_log_test"), [](double x) { return x > 0; }));
  }
  for (std::size_t i = 0; i < 128; ++i) {
    CHECK(narrow_run.losses[2][i] == Approx(wide_run.losses[2][i]).epsilon(1e-3));
  }
}
