/// `premelt sweep` as its users run it.

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "engine/tensor/hash.hpp"
#include "tests/cli/commands/small_sweep.hpp"
#include "tests/support/program.hpp"

using namespace premelt::test;
using Catch::Matchers::Contains;
using nlohmann::json;

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
  CHECK(object.at("left_out").empty());
  // Nothing is trained: there are neither norms nor derivatives.
  const auto missing = object.at("not_available").get<std::set<std::string>>();
  CHECK((missing.contains("weight_norm") && missing.contains("noise_scale") &&
         missing.contains("first_passage") && !missing.contains("cusum")));
  CHECK(object.at("events").at("critical").at("detected") == 3);
  CHECK(object.at("events").at("critical").at("median_step") == 2667);
  const json& shares = object.at("order").at(0).at("shares");
  CHECK(shares.at("shc").get<double>() + shares.at("pr").get<double>() + shares.at("together").get<double>() +
            shares.at("neither").get<double>() ==
        Approx(1));
  CHECK(std::set<std::string>{"shc", "pr", "neither"}.contains(object.at("first").at("critical")));
  bool shc = false;
  std::size_t unavailable = 0;
  for (const json& detector : object.at("detectors")) {
    shc = shc || detector.at("name") == "shc";
    for (const char* key : {"detection_rate", "false_alarm_rate", "median_lead", "auc"})
      CHECK((detector.at(key).is_number() || detector.at(key).is_null()));
    for (const char* key : {"false_alarm_interval", "lead_quartiles", "lead_band"})
      CHECK(detector.at(key).size() == 2);
    if (detector.at("available") == false) {
      ++unavailable;
      CHECK(missing.contains(detector.at("name")));
      CHECK(detector.at("event") == "critical");
      for (const char* key :
           {"detection_rate", "median_lead", "auc", "first_recording_alarms", "cost_in_steps"})
        CHECK(detector.at(key).is_null());
      CHECK(detector.at("lead_band") == json({nullptr, nullptr}));
      continue;
    }
    CHECK_FALSE(missing.contains(detector.at("name")));
    CHECK(detector.at("first_recording_alarms").is_number_unsigned());
    if (detector.at("name") != "clock") continue;
    CHECK(detector.at("auc") == 0.5);
    CHECK(detector.at("detection_rate") == detector.at("false_alarm_rate"));
  }
  CHECK(unavailable == missing.size());
  CHECK(shc);
  const json& melt = object.at("events").at("critical");
  CHECK(melt.at("champion").is_string());
  CHECK(melt.at("verdict").at("words") == "no difference shown");  // three runs can show none: p >= 0.25
  CHECK(melt.at("verdict").at("p").get<double>() >= 0.25);
  CHECK(melt.at("verdict").at("interval").size() == 2);
  // Costs are measured anew each time, and beside what depends on the runs alone.
  const json costs = json::parse(here.read("s/costs.json"));
  CHECK(costs.at("step_seconds").get<double>() > 0);
  for (const json& detector : object.at("detectors")) {
    if (!detector.at("available").get<bool>()) continue;
    INFO(detector.at("name"));
    CHECK(detector.at("cost_in_steps").get<double>() > 0);
    CHECK(detector.at("cost_in_steps") == costs.at("cost_in_steps").at("50").at(detector.at("name")));
  }
  for (const json& detector : json::parse(here.read("s/sweep.json")).at("detectors"))
    CHECK(detector.at("cost_in_steps").is_null());
  CHECK(object.at("exploratory") == json({"detectors", "first", "order", "lags"}));
  CHECK(files_in(here / "s/runs") == 3 + 3 + 2 * 2);
  CHECK_THAT(here.read("s/scores.csv"),
             Contains("event,window,detector,detection_rate") && Contains("critical,50,shc_whitened,"));
  const std::string page = here.read("s/report.html");
  CHECK_THAT(page, Contains("Which statistic warns of pitchfork?") && Contains("<svg") &&
                       Contains("localisation") && Contains("not recorded: gradient_norm") &&
                       Contains("<h2>Fixed beforehand</h2>") && Contains("<h2>Exploratory</h2>"));
  CHECK_THAT(page, !Contains("http:") && !Contains("https:") && !Contains(">nan") && !Contains("\"nan") &&
                       !Contains("src=") && !Contains("{{"));
}

TEST_CASE("a sweep's scores are those of its stored runs", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command =
      "sweep pitchfork --seeds 200..206 --controls 2 --set window=50 --set probes=8 --set coupled=4 --steps "
      "800 --set sweep_steps=600 --no-whitening --quiet --jobs 2 --out s";
  REQUIRE(here.premelt(command).code == 0);
  const auto rewrite = [&](const std::string& run, const auto& change) {
    json stored = json::parse(here.read("s/runs/" + run + ".json"));
    change(stored["run"]["events"]["critical"]);
    stored["checksum"] = premelt::hexadecimal(premelt::fnv1a(stored["run"].dump()));
    here.file("s/runs/" + run + ".json", stored.dump());
  };
  // Four detectors, each with one rise of its own height, all runs watched for 1000 steps.
  const auto say = [](json& event, const std::map<std::string, std::pair<int, double>>& rises) {
    event["start"] = 0;
    event["windows"] = json::object();
    for (const auto& [detector, rise] : rises)
      event["windows"]["50"][detector] = {
          {"times", {rise.first}}, {"levels", {rise.second}}, {"end", 1000}, {"earliest", 10}};
  };
  const std::map<std::string, std::pair<int, double>> quiet{
      {"shc", {10, 1}}, {"pr", {10, 1}}, {"mean_drop", {10, 1}}, {"mean_level", {10, 1}}};
  auto loud = quiet;
  loud["mean_level"].second = 50;  // it alarms in all held-out controls
  for (int i = 0; i < 2; ++i) {
    rewrite("development-control-critical-" + std::to_string(2000200 + i),
            [&](json& event) { say(event, quiet); });
    rewrite("held-out-control-critical-" + std::to_string(3000200 + i),
            [&](json& event) { say(event, loud); });
  }
  for (int i = 0; i < 7; ++i) {
    const int pr = i == 0 ? 100 : i == 1 ? 400 : 300;  // PR's lead; SHC's is 300
    rewrite("held-out-" + std::to_string(200 + i), [&](json& event) {
      event["step"] = 1000;
      event["lags"] = {{"50", {{"half", {i == 0 ? 30 : i == 1 ? 20 : -10, 0.5}}}}};
      say(event,
          {{"shc", {700, 9}}, {"pr", {1000 - pr, 9}}, {"mean_drop", {900, 9}}, {"mean_level", {10, 9}}});
    });
    // On the development half the drop leads most of the rivals.
    rewrite("development-" + std::to_string(1000200 + i), [&](json& event) {
      event["step"] = 1000;
      say(event, {{"shc", {700, 9}}, {"pr", {700, 9}}, {"mean_drop", {600, 9}}, {"mean_level", {800, 9}}});
    });
  }
  REQUIRE(here.premelt(command).code == 0);
  const json scores = json::parse(here.read("s/sweep.json"));
  CHECK(scores.at("order").at(0).at("first") ==
        json({"shc", "pr", "together", "together", "together", "together", "together"}));
  CHECK(scores.at("first").at("critical") == "neither");  // five of seven alarm together
  CHECK(scores.at("detectors").size() == 4 + scores.at("not_available").size());
  for (const json& detector : scores.at("detectors")) {
    if (!detector.at("available").get<bool>()) continue;
    INFO(detector.at("name"));
    const std::string name = detector.at("name");
    const int lead = name == "mean_drop" ? 100 : name == "mean_level" ? 990 : 300;
    CHECK(detector.at("median_lead") == lead);
    CHECK(detector.at("lead_share") == Approx(lead / 1000.0));
    CHECK(detector.at("lead_windows") == Approx(lead / 50.0));
    CHECK(detector.at("first_recording_alarms") == (name == "mean_level" ? 7 : 0));
    CHECK(detector.at("false_alarm_rate") == (name == "mean_level" ? 1 : 0));
    CHECK(detector.at("control_alarms") ==
          (name == "mean_level" ? json{{"3000200", 10}, {"3000201", 10}} : json::object()));
  }
  CHECK(scores.at("order").at(0).at("horizons") == json(std::vector<int>(7, 1000)));
  CHECK(scores.at("lags").at(0).at("median") == -10);
  CHECK(scores.at("lags").at(0).at("shc_first") == Approx(2.0 / 7));
  const json& event = scores.at("events").at("critical");
  CHECK(event.at("detected") == 7);
  CHECK(event.at("pairs_left_out") == 0);
  CHECK(event.at("champion") == "mean_drop");
  CHECK(event.at("verdict").at("words") == "SHC leads by 200 steps");
  CHECK(event.at("verdict").at("p") == Approx(2.0 / 128));
  const std::string csv = here.read("s/scores.csv");
  CHECK_THAT(csv, Contains("critical,50,mean_level,1,1,"));
  const std::string page = here.read("s/report.html");
  CHECK_THAT(page, Contains("! mean level") && Contains("SHC leads by 200 steps"));
  const Outcome shown = here.premelt(command);
  CHECK_THAT(shown.out, Contains("fixed beforehand") && Contains("exploratory") && Contains("! mean_level") &&
                            Contains("critical, W = 50: SHC leads by 200 steps"));
}

TEST_CASE("several windows are read from the same runs, and traps are counted", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command =
      "sweep deep-linear --seeds 200..201 --controls 2 --steps 500 --quiet --window 10,30 --out s";
  REQUIRE(here.premelt(command + " --json").code == 0);
  REQUIRE(files_in(here / "s/runs") == 2 + 2 + 4 * 2 * 2);  // 500 steps learn mode 1 only
  const std::string control = "s/runs/held-out-control-mode1-3000200.json";
  const auto untrapped = fs::last_write_time(here / control);

  const Outcome done = here.premelt(command + " --traps");
  REQUIRE(done.code == 0);
  CHECK_THAT(done.out, Contains("W = 10") && Contains("W = 30") && Contains("linear_regression") &&
                           Contains("mode2: happened in 0 of 2 runs"));
  CHECK(fs::last_write_time(here / control) == untrapped);
  CHECK(files_in(here / "s/runs") == 2 + 2 + 4 * 2 * 2 + 4 * 5 * 2);
  const json scores = json::parse(here.read("s/sweep.json"));
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

TEST_CASE("a diverging run is reported and stops nothing", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt(
      "sweep deep-linear --seeds 1..2 --controls 1 --steps 300 --set learning_rate=3 --set window=10 --json "
      "--out d");
  REQUIRE(done.code == 0);
  CHECK_THAT(done.err, Contains("diverged") && Contains("held-out-1"));
  CHECK(json::parse(done.out).at("diverged").size() == 2 + 2 + 4 * 2);
  CHECK(json::parse(done.out).at("detectors").empty());
}

TEST_CASE("a sweep in which every tenth step is recorded reports and counts its diverged runs", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt(
      "sweep deep-linear --seeds 1..2 --controls 1 --steps 300 --set every=10 --set learning_rate=3 "
      "--set window=10 --out d");
  INFO(done.err);
  REQUIRE(done.code == 0);
  CHECK_THAT(done.out, Contains("diverged: 12 of 12 runs"));
  CHECK(json::parse(here.read("d/sweep.json")).at("diverged").size() == 12);
}

TEST_CASE("a sweep never mixes runs of other builds, data or parameters, nor believes damaged ones",
          "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command = std::string(small) + "--quiet --out s";
  REQUIRE(here.premelt(command).code == 0);
  const std::string scores = here.read("s/sweep.json");
  const std::string name = "s/runs/held-out-200.json", stored = here.read(name),
                    making = here.read("s/making.json");
  const auto refused = [&](const std::string& why) {
    const Outcome outcome = here.premelt(command);
    INFO(outcome.err);
    CHECK(outcome.code == 3);
    CHECK_THAT(outcome.err, Contains("held-out-200.json: is not a finished run of this sweep") &&
                                Contains(why) && Contains("delete this file"));
    CHECK(here.read("s/sweep.json") == scores);
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
  rewritten([](json& run) { run["events"]["critical"]["windows"]["50"]["shc"]["times"].erase(0); });
  refused("holds");

  json emptied = json::parse(stored);
  emptied["run"]["events"]["critical"]["windows"]["50"]["shc"] = {
      {"times", json::array()}, {"levels", json::array()}, {"end", 10}, {"earliest", 3}};
  here.file(name, emptied.dump() + "\n");
  refused("its checksum does not fit");
  here.file(name, "{}");
  refused("run");
  here.file(name, stored);
  CHECK(here.premelt(command).code == 0);
  CHECK(here.read("s/sweep.json") == scores);

  json other = json::parse(making);
  other["build"]["blas_kernel"] = "Prescott";
  here.file("s/making.json", other.dump());
  const Outcome mixed = here.premelt(command);
  CHECK(mixed.code == 2);
  CHECK_THAT(mixed.err, Contains("another value of 'build/blas_kernel' (\"Prescott\" there"));
}

TEST_CASE("a sweep reads detectors from outside, and leaves out those that fail in any run", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string
      fall = " --detector 'fall=" PREMELT_FALL_DETECTOR "'",
      late =
          " --detector 'late=n=0; while read -r line; do echo 1; n=$((n + 1)); test $n -lt 2700 "
          "|| exit 3; done'";
  const Outcome done = here.premelt(std::string(small) + fall + late + " --quiet --json --out s");
  INFO(done.err);
  REQUIRE(done.code == 0);
  CHECK_THAT(done.err, Contains("the detector 'late' ended with exit code 3, at step 2700; it is left out"));
  const json object = json::parse(done.out);
  CHECK(object.at("left_out") == json({"late"}));
  std::set<std::string> names;
  for (const json& detector : object.at("detectors")) names.insert(detector.at("name"));
  CHECK(names.contains("fall"));
  CHECK_FALSE(names.contains("late"));
  const Outcome other = here.premelt(std::string(small) + fall + " --quiet --out s");
  CHECK(other.code == 2);
  CHECK_THAT(other.err, Contains("another value of 'detectors/late'"));
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
  refused("pitchfork --seeds 1..2 --shard 2/2", "--shard: expected I/N");
  refused("pitchfork --seeds 1..2 --shard 1", "--shard: expected I/N");
  refused("pitchfork --seeds 1..2 --shard 0/2 --collect", "give one of them");
  refused("pitchforks --seeds 1..2", "pitchfork");
  refused("drift --seeds 1..2", "no event");
  REQUIRE(here.premelt(std::string(small) + "--steps 300 --quiet --out other").code == 0);
  refused("pitchfork --seeds 1..2 --out other", "holds a sweep with another value of 'parameters/");
  refused("pitchfork --seeds 1..2 --window 5000", "a window of 5000 recordings");
  refused("pitchfork --seeds 1..2 --detector shc=cat", "the name 'shc' is that of another detector");
  refused("pitchfork --seeds 1..2 --detector a=cat --detector a=cat", "given twice");
  refused("--seeds 1..2", "name a setting");
  const Outcome nothing = here.premelt("sweep pitchfork --seeds 1..2 --collect --out nowhere");
  CHECK(nothing.code == 3);
  CHECK_THAT(nothing.err, Contains("nowhere: holds no sweep to collect"));
  CHECK_FALSE(fs::exists(here / "nowhere"));
}
