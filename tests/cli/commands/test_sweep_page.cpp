#include "cli/commands/sweep_page.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands/sweep_json.hpp"
#include "cli/commands/sweep_table.hpp"
#include "rdm/scoring/verdict.hpp"

using namespace premelt;
using Catch::Contains;

namespace {

/// Two halves of 20 runs and 20 controls in which the detector alarms `lead` steps before the event, and in
/// the held-out controls if `wrong`.
Halves halves(std::int64_t lead, bool wrong) {
  Halves result;
  for (Half* half : {&result.development, &result.held_out}) {
    const double level = wrong && half == &result.held_out ? 2 : 0;
    for (int i = 0; i < 20; ++i) {
      half->events.push_back({{100 - lead}, {1.0}, 100, 5});
      half->controls.push_back({{10}, {level}, 100, 5});
    }
  }
  return result;
}

/// The champion has a name that is none in HTML, and too many false alarms.
std::vector<EventScores> scored() {
  EventScores event{.event = "<i>e</i>", .window = 10, .window_steps = 10, .scored = 20};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    event.seeds.push_back(seed);
    event.control_seeds.push_back(100 + seed);
  }
  score_detectors(event,
                  {{"shc", halves(20, false)}, {"<b>&", halves(40, true)}, {"trace", halves(10, false)}});
  std::vector<EventScores> events{event};
  decide(events, 10);
  return events;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a sweep's page has what was fixed beforehand, then what is exploratory", "[unit]") {
  const std::string page = cli::sweep_page("toy", "seeds", scored());
  const std::size_t fixed = page.find("<h2>Fixed beforehand</h2>"), rest = page.find("<h2>Exploratory</h2>"),
                    verdict = page.find("the champion of the development half: -20 steps");
  REQUIRE(fixed != std::string::npos);
  REQUIRE(rest != std::string::npos);
  REQUIRE(verdict != std::string::npos);
  CHECK(fixed < verdict);
  CHECK(verdict < rest);
  CHECK(rest < page.find("Lead of every run"));
  CHECK(rest < page.find("<caption>Thresholds"));

  const nlohmann::json scores = cli::scores_json(scored(), true);
  for (const char* heading : {"fixed_beforehand", "exploratory"}) {
    for (const std::string key : scores.at(heading)) CHECK((key == "lags" || scores.contains(key)));
  }
  CHECK(scores.at("fixed_beforehand") == nlohmann::json({"events"}));
}

TEST_CASE("a sweep's page escapes the names it was given", "[unit]") {
  const std::string page = cli::sweep_page("<u>toy", "<s>seeds", scored());
  for (const char* raw : {"<b>&", "<i>e", "<u>toy", "<s>seeds"}) {
    INFO(raw);
    CHECK(page.find(raw) == std::string::npos);
  }
  CHECK(count_of(page, "&lt;b&gt;&amp;") >= 4);  // verdict, strip plot, curves, table
  CHECK_THAT(page, Contains("&lt;i&gt;e"));
}

TEST_CASE("a sweep marks what cannot be trusted by a sign, not by colour alone", "[unit]") {
  const std::vector<EventScores> events = scored();
  const std::string page = cli::sweep_page("toy", "seeds", events);
  CHECK_THAT(page, Contains("<tr class=\"missed\"><td>! &lt;b&gt;&amp;</td>"));
  CHECK(count_of(page, ">! &lt;b&gt;&amp;<") == 2);            // table and strip plot
  CHECK(count_of(page, ">! &lt;b&gt;&amp;, champion<") == 1);  // curves
  CHECK(count_of(page, ">trace<") == 3);                       // and among the meanings
  CHECK_THAT(page, Contains("<dt>trace</dt><dd>sum of the variances of the probes</dd>"));
  CHECK_THAT(page, Contains("!: more false alarms than 5 % can explain"));
  CHECK_THAT(cli::score_table(events), Contains("\n! <b>&") && Contains("\n  trace"));
  CHECK_THAT(sentence(events.front()), Contains("cannot win"));
}
