#include <catch2/catch.hpp>

#include "rdm/window/formation.hpp"
#include "rdm/window/transition.hpp"
#include "tests/rdm/window/recorded_runs.hpp"

using namespace premelt;
using testing::event;
using testing::raised;
using testing::small_run;

TEST_CASE("an event's name is its name and its level", "[unit]") {
  CHECK(split_event_name("mode1_50").event == "mode1");
  CHECK(split_event_name("mode1_10").level == "10");
  CHECK(split_event_name("snap").event == "snap");
  CHECK(split_event_name("snap").level == "50");
}

TEST_CASE("a transition's alarm is the latest between two half-way steps", "[unit]") {
  const std::vector<Event> marks{event("late_50", 300), event("early_10", 150),
                                 raised(120),           event("early_50", 200),
                                 raised(310),           raised(180),
                                 raised(200),           event("early_90", 250),
                                 event("never_10", 350)};
  const std::vector<Transition> found = transitions(marks);
  REQUIRE(found.size() == 3);
  CHECK(found[0].name == "early");
  CHECK(found[0].at10 == 150);
  CHECK(found[0].at90 == 250);
  CHECK(found[0].alarm == 200);  // at the half-way step itself, but not of the event behind it
  CHECK(found[0].lead() == 0);
  CHECK(found[1].name == "late");
  CHECK(found[1].alarm == std::nullopt);
  CHECK(found[1].lead() == std::nullopt);
  CHECK(found[2].name == "never");
  CHECK(found[2].at50 == std::nullopt);

  const std::vector<Event> both{raised(10), raised(30), event("one_50", 40), event("one_90", 60)};
  CHECK(transitions(both)[0].alarm == 30);
  CHECK(transitions(both)[0].lead() == 10);
}

TEST_CASE("a transition's peak is sought from its warning on, to half-way to the next", "[unit]") {
  RecordedRun run = small_run();
  run.marks = {event("a_10", 180), event("a_50", 200), event("b_50", 320)};
  std::vector<Transition> found = transitions(run);
  CHECK(found[0].peak_row == 17u);  // SHC 9 at step 210, before 260
  CHECK(found[1].peak_row == 28u);  // from its own step on, SHC is 1 everywhere
  run.marks.push_back(raised(290));
  found = transitions(run);
  CHECK(found[1].peak_row == 26u);  // SHC 4 at step 300
  CHECK(main_row(run, found, alarm_peaks(run)) == 17u);
  run.burn_in = 1000;
  CHECK(transitions(run)[0].peak_row == 17u);  // no later than the event itself
}

TEST_CASE("an alarm's peak is sought up to the next alarm; without marks, in the whole run", "[unit]") {
  RecordedRun run = small_run();
  CHECK(main_row(run, {}, {}) == 17u);
  run.marks = {raised(250), raised(220)};
  const std::vector<AlarmPeak> alarms = alarm_peaks(run);
  REQUIRE(alarms.size() == 2);
  CHECK(alarms[0].mark.step == 220);
  CHECK(alarms[0].peak_row == 18u);
  CHECK(alarms[1].peak_row == 26u);
  CHECK(main_row(run, {}, alarms) == 26u);
}

TEST_CASE("a formation holds the order parameter, SHC and the drop of the mean loss", "[unit]") {
  RecordedRun run = small_run();
  run.marks = {event("fall_10", 190), event("fall_50", 210), event("fall_90", 230)};
  const auto found = formations(run, transitions(run), {{"fall", "progress"}}, 100);
  REQUIRE(found.size() == 1);
  // From 210 - 3·20 to 210 + 2·20.
  CHECK(found[0].steps.front() == 150);
  CHECK(found[0].steps.back() == 250);
  CHECK(found[0].steps.size() == 11);
  CHECK(found[0].value[6] == 21.0 / 40);
  CHECK(found[0].shc[6] == 9);
  CHECK(found[0].shc_detrended.empty());
  CHECK(found[0].drop[4] == 0);  // recordings 15 to 19
  CHECK(found[0].drop[6] == Approx(1.0 / 3).epsilon(1e-15));
  CHECK(formations(run, transitions(run), {{"fall", "progress"}}, 5)[0].steps.size() == 5);
  CHECK(formations(run, transitions(run), {}, 5).empty());
  CHECK(formations(run, transitions(run), {{"fall", "none"}}, 5).empty());
}
