#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "engine/tensor/error.hpp"
#include "models/settings/registry.hpp"
#include "models/tasks/repeated_sequences.hpp"
#include "tests/support/collected_run.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

/// Attention (B,2,T,T) of two heads on `repeated`: the first puts all weight on the token after the query's
/// copy one period ago, the second on the position before; queries without such a key look at themselves.
Tensor<double> ideal_heads(const Repeated& repeated, std::size_t length) {
  const std::size_t count = repeated.periods.size();
  Tensor<double> weights(Shape{count, 2, length, length}, 0.0);
  for (std::size_t b = 0; b < count; ++b) {
    for (std::size_t t = 0; t < length; ++t) {
      const std::size_t period = repeated.periods[b], copied = t >= period ? t - period + 1 : t;
      weights.data()[((b * 2 + 0) * length + t) * length + copied] = 1;
      weights.data()[((b * 2 + 1) * length + t) * length + (t > 0 ? t - 1 : 0)] = 1;
    }
  }
  return weights;
}

/// An order parameter that climbs to 0.8 in steps of 1/128.
class Climb : public Experiment {
 public:
  explicit Climb(double least) : least_(least) {}
  void step() override { ++time_; }
  void probe_losses(std::span<double> losses) override {
    losses[0] = std::cos(time_);
    losses[1] = 1;
  }
  void order_parameters(std::span<double> values) override { values[0] = std::min(0.8, time_ / 128.0); }
  void save(Checkpoint&) const override {}
  void load(const Checkpoint&) override {}
  std::vector<std::string> probe_blocks() const override { return {"a", "b"}; }
  std::vector<std::string> order_names() const override { return {"height"}; }
  std::vector<EventSpec> events() const override {
    return {{.name = "top", .order = "height", .target = least_, .of_final_value = true}};
  }
  MonitorOptions monitor_options() const override { return {.probes = 2, .window = 3, .modes = 1}; }

 private:
  double least_;
  int time_ = 0;
};

class Listener : public RunObserver {
 public:
  void recorded(const Recording& recording) override {
    steps.push_back(recording.step);
    losses.emplace_back(recording.losses.begin(), recording.losses.end());
    order.emplace_back(recording.order.begin(), recording.order.end());
  }
  void observed(const Observation&) override {}
  void happened(const Event& event) override {
    if (event.kind == Event::Kind::event) events.push_back(event);
  }
  std::vector<std::int64_t> steps;
  std::vector<std::vector<double>> losses, order;
  std::vector<Event> events;
};

std::vector<Event> events_of_climb(double least) {
  Climb climb(least);
  Listener listener;
  const std::atomic<bool> stop = false;
  Run(climb, listener).train({.steps = 120}, stop);
  return listener.events;
}

}  // namespace

TEST_CASE("an event of the final value is at fractions of it, and is none when that is too small", "[unit]") {
  const std::vector<Event> events = events_of_climb(0.5);
  REQUIRE(events.size() == 3);
  CHECK(events[0].name == "top_10");
  CHECK(events[0].step == 11);
  CHECK(events[1].step == 52);
  CHECK(events[2].step == 93);
  CHECK(events[2].threshold == Approx(0.72));
  CHECK_THAT(events[2].why, Contains("height reached 0.72"));
  CHECK(events_of_climb(0.81).empty());
}

TEST_CASE("an event of the final value is the same in a run that was interrupted", "[unit]") {
  const std::atomic<bool> stop = false;
  Climb climb(0.5);
  Listener before, after;
  Run(climb, before).train({.steps = 60}, stop);
  CHECK(before.events.empty());
  std::vector<Recording> recordings;
  for (std::size_t t = 0; t < before.steps.size(); ++t) {
    recordings.push_back({before.steps[t], before.losses[t], before.order[t], {}});
  }
  Run resumed(climb, after);
  resumed.resume(60, recordings);
  resumed.train({.steps = 120}, stop);
  const std::vector<Event> expected = events_of_climb(0.5);
  REQUIRE(after.events.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(after.events[i].step == expected[i].step);
    CHECK(after.events[i].why == expected[i].why);
  }
}

TEST_CASE("repeated sequences repeat with their period, shuffled ones keep the tokens", "[unit]") {
  Rng rng(1, "probes");
  const Repeated repeated = repeated_sequences(50, 32, 32, rng);
  CHECK(repeated.sequences.shape() == Shape{50, 33});
  const auto [least, largest] = std::ranges::minmax(repeated.periods);
  CHECK(least == 9);
  CHECK(largest == 16);
  const Indices mixed = shuffled(repeated.sequences, rng);
  for (std::size_t b = 0; b < 50; ++b) {
    const std::size_t period = repeated.periods[b];
    for (std::size_t t = period; t < 33; ++t) {
      CHECK(repeated.sequences(b, t) == repeated.sequences(b, t - period));
    }
    CHECK(std::ranges::is_permutation(mixed.row(b), repeated.sequences.row(b)));
    CHECK(!std::ranges::equal(mixed.row(b), repeated.sequences.row(b)));
  }
  const TokenBatch batch = next_token(repeated.sequences);
  CHECK(batch.inputs.shape() == Shape{50, 32});
  CHECK(batch.targets(7, 3) == batch.inputs(7, 4));
  CHECK(batch.targets(7, 31) == repeated.sequences(7, 32));
  CHECK_THROWS_AS(stacked(mixed, Indices(Shape{1, 4})), ShapeError);
}

TEST_CASE("ideal heads have the scores 1, attention spread evenly next to nothing", "[unit]") {
  Rng rng(2, "probes");
  const Repeated repeated = repeated_sequences(40, 32, 32, rng);
  const HeadScores ideal = head_scores<double>(ideal_heads(repeated, 32), repeated.periods);
  CHECK(ideal.induction == Approx(1));
  CHECK(ideal.previous == Approx(1));
  const HeadScores even =
      head_scores<double>(Tensor<double>(Shape{40, 2, 32, 32}, 1.0 / 32), repeated.periods);
  CHECK(even.previous == Approx(1.0 / 32));
  CHECK(even.induction >= 1.0 / 32);
  CHECK(even.induction <= 3.0 / 32);  // one to three earlier copies
}

TEST_CASE("induction: determined and free tokens make up the losses of the structured probes", "[property]") {
  const CollectedRun run = collect("induction", {{"steps", "20"}, {"window", "3"}, {"dtype", "float64"}});
  Rng rng(1, "probes");
  const Repeated repeated = repeated_sequences(32, 32, 32, rng);
  double free = 0;
  for (std::size_t period : repeated.periods) free += static_cast<double>(period - 1) / (32.0 * 32.0);
  for (std::size_t t = 0; t < run.losses.size(); ++t) {
    double structured = 0;
    for (std::size_t i = 0; i < 32; ++i) structured += run.losses[t][i] / 32;
    CHECK(structured ==
          Approx(free * run.order.at("loss_free")[t] + (1 - free) * run.order.at("loss_determined")[t]));
  }
  CHECK(run.order.at("induction_score").front() < 0.2);
}

TEST_CASE("induction: the race's twin starts as the run does and learns from the same tokens without order",
          "[unit]") {
  const auto recorded = [](const std::string& control) {
    return collect(
        "induction",
        {{"quick", "true"}, {"steps", "20"}, {"every", "5"}, {"window", "2"}, {"control", control}});
  };
  const auto spec = find_setting("induction").make(with("induction", {}))->events().front();
  CHECK(spec.control == "shuffled");
  const CollectedRun run = recorded("none"), twin = recorded(spec.control), other = recorded("random_only");
  CHECK(twin.losses.front() == run.losses.front());
  CHECK(twin.losses.back() != run.losses.back());
  CHECK(twin.losses.back() != other.losses.back());
}

TEST_CASE("induction: controls and impossible sizes", "[unit]") {
  CHECK(find_setting("induction").make(with("induction", {{"control", "one_layer"}})));
  CHECK_THROWS_WITH(collect("induction", {{"heads", "5"}}), Contains("'heads'"));
  CHECK_THROWS_WITH(with("induction", {{"control", "random"}}), Contains("random_only"));
}
