#include "cli/commands/sweep_json.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "engine/tensor/numbers.hpp"

using namespace premelt;
using nlohmann::json;

namespace {

/// A detector's run or control: its value at time t is `level`, and nothing before.
Rises rise(std::int64_t t, double level) {
  return {{t}, {level}, 1000, 10};
}

/// An event whose two runs alarm 1000/3 and 100 steps before it; of the controls the last one may alarm.
EventScores scored(std::size_t controls) {
  EventScores event{.event = "e", .window = 10, .window_steps = 10, .scored = 3};
  event.seeds = {7, 9};
  event.steps = {1000, 1200};
  Halves halves;
  for (Half* half : {&halves.development, &halves.held_out}) {
    half->events = {rise(667, 0.1), rise(900, 1e6)};
    for (std::size_t j = 0; j < controls; ++j)
      half->controls.push_back(rise(20, 1 / (static_cast<double>(j) + 3.5)));
  }
  halves.held_out.controls.back() = rise(345, 1e5);
  for (std::size_t j = 0; j < controls; ++j) event.control_seeds.push_back(500 + j);
  Halves silent = halves;
  for (Rises& run : silent.development.controls) run = {{}, {}, 1000, 10};
  score_detectors(event, {{"shc", halves}, {"silent", silent}});
  return event;
}

}  // namespace

TEST_CASE("a sweep's scores are written short, but for thresholds", "[unit]") {
  const EventScores event = scored(100);
  const json scores = cli::scores_json({event}, true);
  const json &shc = scores.at("detectors").at(0), &silent = scores.at("detectors").at(1);
  REQUIRE(shc.at("name") == "shc");
  CHECK(shc.at("threshold").get<double>() == event.detectors.front().score.threshold);
  CHECK(shc.at("threshold").get<double>() == 1 / 8.5);  // five of a hundred exceed it
  CHECK(shc.at("leads").dump() == "[0,100]");
  CHECK(shc.at("lead_share").dump() == "0.05");
  CHECK(shc.at("control_alarms").at("599") == 345);
  CHECK(shc.at("control_alarms").size() == shc.at("alarmed_controls"));
  CHECK(scores.at("order").at(0).at("steps") == json({1000, 1200}));
  CHECK(scores.at("order").at(0).at("control_seeds").size() == 100);
  // Six digits.
  CHECK(shc.at("alarmed_interval").at(0).dump().size() <= std::string("0.0164319").size());

  REQUIRE(silent.at("name") == "silent");
  CHECK(silent.at("threshold").is_null());
  CHECK(silent.at("leads").empty());
  CHECK(silent.at("control_alarms").empty());
}

TEST_CASE("a sweep's curve is thinned to its ends and what lies between, up to half false alarms", "[unit]") {
  const json full = cli::scores_json({scored(60)}, true).at("detectors").at(0).at("curve"),
             thinned = cli::scores_json({scored(300)}, true).at("detectors").at(0).at("curve");
  CHECK(full.at("false_alarm_rate").size() == 31);
  const auto rates = thinned.at("false_alarm_rate").get<std::vector<double>>();
  CHECK(rates.size() == 40);
  CHECK(rates.front() == 0.5);
  CHECK(rates.back() == 0);
  CHECK(std::ranges::is_sorted(rates, std::greater<>()));
  for (const char* name : {"detection_rate", "median_lead"}) CHECK(thinned.at(name).size() == 40);
}

TEST_CASE("an object is written with a line for each of its parts", "[unit]") {
  const json object{
      {"a", {1, 2}}, {"b", {{{"x", 1}}, {{"x", nullptr}}}}, {"c", {{"d", {{"y", "z"}}}, {"e", 1}}}};
  const std::string text = cli::lines_of(object);
  CHECK(json::parse(text) == object);
  CHECK(text ==
        R"({
"a": [1,2],
"b": [
 {"x":1},
 {"x":null}],
"c": {
 "d": {"y":"z"},
 "e": 1}}
)");
}
