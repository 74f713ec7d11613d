#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "engine/tensor/error.hpp"
#include "rdm/window/event.hpp"

using namespace premelt;

namespace {

/// The event of a whole run recorded every 5 steps, if any.
std::optional<Event> event_of(EventDetector detector, const std::vector<double>& values) {
  std::optional<Event> event;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const auto now = detector.push(5 * static_cast<std::int64_t>(t), values[t]);
    CHECK_FALSE((now && event));  // once only
    if (now) event = now;
  }
  const auto last = detector.finish();
  CHECK_FALSE((last && event));
  return last ? last : event;
}

}  // namespace

TEST_CASE("an event is stamped at the first recording of those that hold the level", "[unit]") {
  const auto event =
      event_of({"completion", 0.9, 3}, {0.1, 0.95, 0.2, 0.9, 0.93, 0.96, 0.2, 0.99, 0.99, 0.99});
  REQUIRE(event);
  CHECK(event->kind == Event::Kind::event);
  CHECK(event->name == "completion");
  CHECK(event->step == 15);
  CHECK(event->value == 0.9);
  CHECK(event->threshold == 0.9);
  CHECK(event->why == "reached 0.9 and stayed there for 3 recordings");
}

TEST_CASE("an event that is still held when the run ends counts", "[unit]") {
  const auto event = event_of({"grokked", 0.9}, {0.1, 0.95, 0.2, 0.97, 0.93});
  REQUIRE(event);
  CHECK(event->step == 15);
  CHECK(event->why == "reached 0.9 and stayed there for the rest of the run, 2 recordings");
  CHECK_FALSE(event_of({"grokked", 0.9}, {0.1, 0.95, 0.2, 0.97, 0.5}));
  CHECK_FALSE(event_of({"grokked", 0.9}, {}));
  CHECK_FALSE(event_of({"grokked", 0.9, 2}, {0.95, NAN, 0.95, NAN}));
}

TEST_CASE("progress towards a target is dated at 10, 50 and 90 %", "[unit]") {
  std::vector<double> values;
  for (int t = 0; t <= 100; ++t) values.push_back(4.0 * t / 100);
  std::vector<EventDetector> detectors = progress_detectors("mode1", 4, 10);
  REQUIRE(detectors.size() == 3);
  const char* names[] = {"mode1_10", "mode1_50", "mode1_90"};
  const std::int64_t steps[] = {50, 250, 450};
  for (std::size_t k = 0; k < 3; ++k) {
    const auto event = event_of(detectors[k], values);
    REQUIRE(event);
    CHECK(event->name == names[k]);
    CHECK(event->step == steps[k]);
    CHECK(event->value == event->threshold);
  }
}

TEST_CASE("detectors without sense are refused", "[unit]") {
  CHECK_THROWS_AS(EventDetector("x", 1, 0), UsageError);
  CHECK_THROWS_AS(EventDetector("x", NAN), UsageError);
  CHECK_THROWS_AS(progress_detectors("x", 0), UsageError);
  CHECK_THROWS_AS(progress_detectors("x", -1), UsageError);
  CHECK_THROWS_AS(progress_detectors("x", NAN), UsageError);
}
