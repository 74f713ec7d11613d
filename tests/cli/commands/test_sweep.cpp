/// `premelt sweep` as its users run it.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/tensor/hash.hpp"
#include "tests/support/program.hpp"

using namespace premelt::test;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

constexpr const char* small =
    "sweep pitchfork --seeds 200..202 --controls 2 --set window=50 --set probes=20 ";

std::size_t files_in(const fs::path& directory) {
  if (!fs::exists(directory)) return 0;
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator{}));
}

}  // namespace

TEST_CASE("sweep prints the object of the contract and leaves scores", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt(std::string(small) + "--jobs 2 --quiet --json --out s");
  REQUIRE(done.code == 0);
  CHECK(done.err.empty());
  const json object = json::parse(done.out);
  CHECK(object.at("dir") == "s");
  CHECK(object.at("seeds") == json({200, 202}));
  CHECK(object.at("controls") == 2);
  CHECK(object.at("diverged").empty());
  CHECK(object.at("events").at("critical").at("detected") == 3);
  CHECK(object.at("events").at("critical").at("median_step") == 2667);
  const json& first = object.at("first").at("critical");
  CHECK(first.at("shc").get<double>() + first.at("pr").get<double>() + first.at("together").get<double>() +
            first.at("neither").get<double>() ==
        Approx(1));
  bool shc = false;
  for (const json& detector : object.at("detectors")) {
    shc = shc || detector.at("name") == "shc";
    for (const char* key : {"detection_rate", "false_alarm_rate", "median_lead", "auc"})
      CHECK(detector.at(key).is_number());
    CHECK(detector.at("false_alarm_interval").size() == 2);
    CHECK(detector.at("lead_quartiles").size() == 2);
  }
  CHECK(shc);
  CHECK(files_in(here / "s/runs") == 3 + 2 * 2);
  CHECK_THAT(here.read("s/scores.csv"),
             Contains("event,window,detector,detection_rate") && Contains("critical,50,shc_whitened,"));
  CHECK(json::parse(here.read("s/scores.json")).at("verdicts").size() == 1);
  const std::string page = here.read("s/report.html");
  CHECK_THAT(page,
             Contains("Which statistic warns of pitchfork?") && Contains("<svg") && Contains("localisation"));
  CHECK_THAT(page, !Contains("http:") && !Contains("https:") && !Contains(">nan") && !Contains("\"nan") &&
                       !Contains("src=") && !Contains("{{"));
}

TEST_CASE("a sweep killed half-way continues without repeating what it finished", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command = std::string(small) + "--jobs 1 --quiet --json --out ";
  const Outcome whole = here.premelt(command + "whole");
  REQUIRE(whole.code == 0);

  const auto process = here.start(command + "cut");
  while (files_in(here / "cut/runs") < 2) usleep(1000);
  process->send(SIGKILL);
  process->wait();
  REQUIRE(fs::exists(here / "cut/runs/scored-200.json"));
  REQUIRE_FALSE(fs::exists(here / "cut/scores.json"));
  const auto written = fs::last_write_time(here / "cut/runs/scored-200.json");

  const Outcome rest = here.premelt(command + "cut");
  REQUIRE(rest.code == 0);
  CHECK(fs::last_write_time(here / "cut/runs/scored-200.json") == written);
  CHECK(here.read("cut/scores.json") == here.read("whole/scores.json"));
}

TEST_CASE("a sweep's scores are those of its stored runs", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command = std::string(small) + "--no-whitening --quiet --jobs 2 --out s";
  REQUIRE(here.premelt(command).code == 0);
  const auto rewrite = [&](const std::string& run, const auto& change) {
    json stored = json::parse(here.read("s/runs/" + run + ".json"));
    change(stored["run"]);
    stored["checksum"] = premelt::hexadecimal(premelt::fnv1a(stored["run"].dump()));
    here.file("s/runs/" + run + ".json", stored.dump());
  };
  // Every detector is quiet but the clock, which rises in all scored controls.
  const auto quiet = [](double clock) {
    return [clock](json& stored) {
      json& windows = stored["events"]["critical"]["windows"];
      windows = json::object();
      for (const char* detector : {"shc", "pr", "mean_drop", "clock"}) {
        const double value = std::string(detector) == "clock" ? clock : 1;
        windows["50"][detector] = {{"steps", {10}}, {"values", {value}}, {"end", 2667}};
      }
    };
  };
  for (int seed : {300, 301}) rewrite("calibration-critical-" + std::to_string(seed), quiet(1));
  for (int seed : {302, 303}) rewrite("control-critical-" + std::to_string(seed), quiet(5));
  struct Run {
    int seed, pr;  ///< PR's lead; SHC's is 300
    double lag;
  };
  for (const Run& run : {Run{200, 100, 30}, Run{201, 400, 20}, Run{202, 300, -10}}) {
    rewrite("scored-" + std::to_string(run.seed), [run](json& stored) {
      json& entry = stored["events"]["critical"];
      const int end = entry["step"];
      entry["lags"] = {{"50", {{"half", {run.lag, 0.5}}}}};
      entry["windows"] = json::object();
      for (const auto& [detector, lead] :
           {std::pair("shc", 300), {"pr", run.pr}, {"mean_drop", 100}, {"clock", 500}})
        entry["windows"]["50"][detector] = {{"steps", {end - lead}}, {"values", {10}}, {"end", end}};
    });
  }
  REQUIRE(here.premelt(command).code == 0);
  const json scores = json::parse(here.read("s/scores.json"));
  CHECK(scores.at("order").at(0).at("first") == json({"shc", "pr", "together"}));
  for (const json& detector : scores.at("detectors")) {
    INFO(detector.at("name"));
    const json leads = detector.at("name") == "shc"         ? json({300, 300, 300})
                       : detector.at("name") == "pr"        ? json({100, 400, 300})
                       : detector.at("name") == "mean_drop" ? json({100, 100, 100})
                                                            : json({500, 500, 500});
    CHECK(detector.at("leads") == leads);
    CHECK(detector.at("false_alarm_rate") == (detector.at("name") == "clock" ? 1 : 0));
  }
  CHECK(scores.at("detectors").size() == 4);
  CHECK(scores.at("lags").at(0).at("median") == 20);
  CHECK(scores.at("lags").at(0).at("shc_first") == Approx(2.0 / 3));
  CHECK_THAT(scores.at("verdicts").at(0).get<std::string>(),
             Contains("against the best simple rival, mean_drop, raw SHC is earlier in 100 % of runs") &&
                 Contains("SHC added 200 steps of warning"));

  // A run that ends elsewhere is another run: it is trained anew.
  rewrite("control-critical-302", [](json& stored) { stored["last"] = stored["last"].get<int>() + 1; });
  REQUIRE(here.premelt(command).code == 0);
  const json again = json::parse(here.read("s/runs/control-critical-302.json")).at("run");
  CHECK(again.at("last") == 2667);
  CHECK(again.at("events").at("critical").at("windows").at("50").size() > 4);
}

TEST_CASE("several windows are read from the same runs, and traps are counted", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command =
      "sweep deep-linear --seeds 200..201 --controls 2 --steps 500 --quiet --window 10,30 --out s";
  REQUIRE(here.premelt(command + " --json").code == 0);
  REQUIRE(files_in(here / "s/runs") == 2 + 2 * 2);  // 500 steps learn mode 1 only
  const auto untrapped = fs::last_write_time(here / "s/runs/control-mode1-302.json");

  const Outcome done = here.premelt(command + " --traps");
  REQUIRE(done.code == 0);
  CHECK_THAT(done.out, Contains("W = 10") && Contains("W = 30") && Contains("linear_regression") &&
                           Contains("mode2: happened in 0 of 2 runs"));
  CHECK(fs::last_write_time(here / "s/runs/control-mode1-302.json") == untrapped);
  CHECK(files_in(here / "s/runs") == 2 + 2 * 2 + 2 * 5);
  const json scores = json::parse(here.read("s/scores.json"));
  CHECK(scores.at("windows") == json({10, 30}));
  std::size_t windows = 0;
  for (const json& detector : scores.at("detectors")) {
    if (detector.at("name") != "shc") continue;
    ++windows;
    CHECK(detector.at("event") == "mode1");
    CHECK(detector.at("traps").at("linear_regression").at("runs") == 2);
    CHECK(detector.at("traps").at("linear_regression").at("alarms") == 2);  // raw SHC fires on mere drift
  }
  CHECK(windows == 2);
  CHECK(scores.at("order").at(0).at("seeds") == json({200, 201}));
  CHECK(scores.at("order").at(0).at("first").size() == 2);
}

TEST_CASE("the number of jobs changes nothing", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(std::string(small) + "--quiet --jobs 1 --out one").code == 0);
  REQUIRE(here.premelt(std::string(small) + "--quiet --jobs 3 --out three").code == 0);
  CHECK(here.read("one/scores.json") == here.read("three/scores.json"));
}

TEST_CASE("a diverging run is reported and stops nothing", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt(
      "sweep deep-linear --seeds 1..2 --controls 1 --steps 300 --set learning_rate=3 --set window=10 --json "
      "--out d");
  REQUIRE(done.code == 0);
  CHECK_THAT(done.err, Contains("diverged") && Contains("scored-1"));
  // Without a run in which a mode was learnt there is nothing to control for.
  CHECK(json::parse(done.out).at("diverged").size() == 2);
  CHECK(json::parse(done.out).at("detectors").empty());
}

TEST_CASE("a sweep in which every tenth step is recorded reports and counts its diverged runs", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt(
      "sweep deep-linear --seeds 1..2 --controls 1 --steps 300 --set every=10 --set learning_rate=3 "
      "--set window=10 --out d");
  INFO(done.err);
  REQUIRE(done.code == 0);
  CHECK_THAT(done.out, Contains("diverged: 2 of 2 runs"));
  CHECK(json::parse(here.read("d/scores.json")).at("diverged").size() == 2);
}

TEST_CASE("a sweep never mixes runs of other builds, data or parameters, nor believes damaged ones",
          "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command = std::string(small) + "--quiet --out s";
  REQUIRE(here.premelt(command).code == 0);
  const std::string scores = here.read("s/scores.json");
  const std::string name = "s/runs/scored-200.json", stored = here.read(name),
                    sweep = here.read("s/sweep.json");
  const auto refused = [&](const std::string& why) {
    const Outcome outcome = here.premelt(command);
    INFO(outcome.err);
    CHECK(outcome.code == 3);
    CHECK_THAT(outcome.err, Contains("scored-200.json: is not a finished run of this sweep") &&
                                Contains(why) && Contains("delete this file"));
    CHECK(here.read("s/scores.json") == scores);
  };
  const auto rewritten = [&](const auto& change) {
    json file = json::parse(stored);
    change(file["run"]);
    file["checksum"] = premelt::hexadecimal(premelt::fnv1a(file["run"].dump()));
    here.file(name, file.dump() + "\n");
  };
  rewritten([](json& run) { run["making"]["build"]["id"] = "0123456789abcdef"; });
  refused("'build/id' (\"0123456789abcdef\" there");
  rewritten([](json& run) { run["making"]["data_hash"] = "0123456789abcdef"; });
  refused("'data_hash'");
  rewritten([](json& run) { run["making"]["parameters"]["probes"] = 21; });
  refused("'parameters/probes' (21 there, 20 here)");
  rewritten([](json& run) { run["events"]["critical"]["windows"]["50"]["shc"]["steps"].erase(0); });
  refused("holds");

  json emptied = json::parse(stored);
  emptied["run"]["events"]["critical"]["windows"]["50"]["shc"] = {
      {"steps", json::array()}, {"values", json::array()}, {"end", 10}};
  here.file(name, emptied.dump() + "\n");
  refused("its checksum does not fit");
  here.file(name, "{}");
  refused("run");
  here.file(name, stored);
  CHECK(here.premelt(command).code == 0);
  CHECK(here.read("s/scores.json") == scores);

  json other = json::parse(sweep);
  other["build"]["blas_kernel"] = "Prescott";
  here.file("s/sweep.json", other.dump());
  const Outcome mixed = here.premelt(command);
  CHECK(mixed.code == 2);
  CHECK_THAT(mixed.err, Contains("another value of 'build/blas_kernel' (\"Prescott\" there"));
}

TEST_CASE("sweep refuses what it cannot do", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto refused = [&](const std::string& arguments, const std::string& why) {
    const Outcome outcome = here.premelt("sweep " + arguments);
    CHECK(outcome.code == 2);
    CHECK_THAT(outcome.err, Contains(why));
  };
  refused("pitchfork --seeds 5..3", "--seeds: expected A..B");
  refused("pitchfork --seeds 5", "--seeds: expected A..B");
  refused("pitchfork --seeds 1..2 --controls 0", "controls");
  refused("pitchforks --seeds 1..2", "pitchfork");
  refused("drift --seeds 1..2", "no event");
  REQUIRE(here.premelt(std::string(small) + "--steps 300 --quiet --out other").code == 0);
  refused("pitchfork --seeds 1..2 --out other", "holds a sweep with another value of 'parameters/");
  refused("pitchfork --seeds 1..2 --window 5000", "a window of 5000 recordings");
  refused("--seeds 1..2", "name a setting");
}
