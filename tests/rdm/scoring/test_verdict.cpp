/// The one comparison that is fixed beforehand.

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/tensor/numbers.hpp"
#include "rdm/scoring/detectors.hpp"
#include "rdm/scoring/verdict.hpp"

using namespace premelt;
using Catch::Matchers::Contains;

namespace {

/// With a lead in every held-out run and in the development half, and false alarms that 5 % explain.
DetectorScore detector(const std::string& name, std::vector<double> leads, double development_lead) {
  Score score{};
  score.threshold = 1;
  score.development_lead = development_lead;
  score.false_alarm_interval = {0, 0.1};
  score.leads = std::move(leads);
  return {name, score, {}};
}

EventScores event_of(std::vector<DetectorScore> detectors) {
  EventScores event{.event = "melt", .window = 10};
  for (std::uint64_t seed = 0; seed < detectors.front().score.leads.size(); ++seed)
    event.seeds.push_back(seed);
  event.detectors = std::move(detectors);
  return event;
}

Verdict verdict_of(EventScores event) {
  std::vector<EventScores> events{std::move(event)};
  decide(events, 10);
  return events.front().verdict.value();
}

const std::vector<double> ten{20, 21, 22, 23, 24, 25, 26, 27, 28, 29}, none(10, 0.0);

}  // namespace

TEST_CASE("the champion is the rival with the longest lead on the development half alone", "[unit]") {
  // The slope leads most on held-out runs, which must not matter; SHC in another view, oracle and clock are
  // no rivals.
  const EventScores event =
      event_of({detector("mean_slope", ten, 5), detector("mean_drop", none, 7),
                detector("mean_level", none, 7), detector("shc_log", none, 50), detector("clock", none, 60),
                detector("oracle", none, 70), detector("gradient_norm", none, undefined)});
  REQUIRE(champion(event) != nullptr);
  CHECK(champion(event)->detector == "mean_drop");
  CHECK(champion(event_of({detector("shc", ten, 9)})) == nullptr);
  for (const char* name : {"shc", "shc_log_trend", "oracle", "clock", "trace_only_mode3", "pr_without_mode1"})
    CHECK_FALSE(is_rival(name));
  for (const char* name : {"pr", "trace", "lambda1_log", "cusum"}) CHECK(is_rival(name));
}

TEST_CASE("a verdict needs an interval without 0, a small p and few false alarms", "[unit]") {
  const Verdict ahead = verdict_of(event_of({detector("shc", ten, 1), detector("mean_drop", none, 1)}));
  CHECK(ahead.words == "SHC leads by 24.5 steps");
  CHECK(ahead.champion == "mean_drop");
  CHECK(ahead.median_difference == 24.5);
  CHECK(ahead.interval.low >= 21);
  CHECK(ahead.p == Approx(2.0 / 1024));
  CHECK(verdict_of(event_of({detector("shc", none, 1), detector("mean_drop", ten, 1)})).words ==
        "mean_drop leads by 24.5 steps");
  CHECK(verdict_of(event_of({detector("shc", ten, 1), detector("mean_drop", ten, 1)})).words ==
        "no difference shown");

  DetectorScore loud = detector("shc", ten, 1);
  loud.score.false_alarm_interval = {0.06, 0.2};
  const Verdict refused = verdict_of(event_of({loud, detector("mean_drop", none, 1)}));
  CHECK(refused.words == "no difference shown");
  CHECK_THAT(refused.why_not, Contains("SHC has more false alarms than 5 % can explain"));

  DetectorScore undefined_shc = detector("shc", std::vector<double>(10, undefined), undefined);
  undefined_shc.score.threshold = undefined;
  const Verdict nothing = verdict_of(event_of({undefined_shc, detector("mean_drop", none, 1)}));
  CHECK(nothing.why_not == "SHC is undefined");
  CHECK(std::isnan(nothing.p));
  CHECK(nothing.champion == "mean_drop");
  CHECK(verdict_of(event_of({detector("shc", ten, 1)})).why_not == "no rival has a threshold");
}

TEST_CASE("p values are corrected over the events of a sweep, and other windows have no verdict", "[unit]") {
  // 9 of 10 runs: p = 0.0215 alone, 0.043 of two events, 0.064 of three; the interval excludes 0 throughout.
  std::vector<double> most = ten;
  most[0] = -1;
  std::vector<EventScores> events;
  for (int e = 0; e < 3; ++e)
    events.push_back(event_of({detector("shc", most, 1), detector("mean_drop", none, 1)}));
  events[1].window = 40;
  decide(events, 10);
  CHECK_FALSE(events[1].verdict.has_value());
  CHECK(sentence(events[1]).empty());
  CHECK(events[0].verdict->p == Approx(2 * events[0].verdict->p_alone));
  CHECK_THAT(sentence(events[0]), Contains("melt, W = 10: SHC leads by 24.5 steps. SHC minus mean_drop"));
  events[1].window = 10;
  decide(events, 10);
  CHECK(events[0].verdict->p > 0.05);
  CHECK(events[0].verdict->interval.low > 0);
  CHECK(events[0].verdict->words == "no difference shown");
}

TEST_CASE("who moved first is a word: the one ahead of the other and of all runs without a first", "[unit]") {
  CHECK(FirstMover{.shc = 0.5, .pr = 0.3, .together = 0.1, .neither = 0.1}.word() == "shc");
  CHECK(FirstMover{.shc = 0.3, .pr = 0.5, .together = 0.1, .neither = 0.1}.word() == "pr");
  CHECK(FirstMover{.shc = 0.4, .pr = 0.1, .together = 0.25, .neither = 0.25}.word() == "neither");
  CHECK(FirstMover{.shc = 0.5, .pr = 0.5}.word() == "neither");
}
