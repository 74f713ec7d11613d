/// `premelt run`, `settings` and `report` from outside.

#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/io/npy.hpp"
#include "rdm/window/null.hpp"
#include "tests/support/program.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

const std::string short_run = "run deep-linear --steps 300 --set window=20 ";
constexpr const char* data_files[] = {"losses.npy",  "steps.npy", "order.csv",
                                      "signals.csv", "modes.npy", "events.json"};

}  // namespace

TEST_CASE("run leaves a complete directory and prints its summary", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt(short_run + "--json");
  INFO(done.err);
  REQUIRE(done.code == 0);
  const Json result = Json::parse(done.out);
  CHECK(result["dir"] == "runs/deep-linear-seed1");
  CHECK(result["setting"] == "deep-linear");
  CHECK(result["steps"] == 300);
  CHECK(result["final"].contains("s1"));

  const std::filesystem::path dir = here / "runs/deep-linear-seed1";
  CHECK(read_npy<double>(dir / "losses.npy").shape() == Shape{301, 64});
  CHECK(read_npy<std::int64_t>(dir / "steps.npy").shape() == Shape{301});
  CHECK(read_npy<double>(dir / "modes.npy").shape() == Shape{282, 3, 64});
  const Json info = Json::parse(here.read(dir / "run.json"));
  CHECK(info["window"] == 20);
  CHECK(info["parameters"]["strengths"] == Json({4.0, 2.0, 1.0, 0.5}));
  CHECK(info["build"].contains("blas_kernel"));
  CHECK_THAT(
      here.read(dir / "signals.csv"),
      Catch::StartsWith("step,shc,pr,trace,lambda1,mean_loss,shc_detrended,pr_detrended,trace_detrended,"
                        "lambda1_detrended,mean_loss_detrended,alarm\n19,"));
  CHECK_THAT(here.read(dir / "order.csv"), Catch::StartsWith("step,s1,s2,s3,s4,a1,a2,a3,a4\n0,"));
  CHECK_THAT(here.read(dir / "report.html"), Catch::StartsWith("<!"));
}

TEST_CASE("the PR chart's null follows from the run's own steps and window", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt("run schematic --quiet --out walk").code == 0);
  const std::string page = here.read("walk/report.html"), key = "\"random_walk_pr\":";
  REQUIRE(page.find(key) != std::string::npos);
  const double drawn = std::stod(page.substr(page.find(key) + key.size(), 20));
  const auto window = Json::parse(here.read("walk/run.json"))["window"].get<std::size_t>();
  CHECK(drawn == Approx(random_walk_participation_ratio(read_npy<double>(here / "walk/losses.npy"), window))
                     .epsilon(1e-5));
  CHECK(drawn < random_walk_participation_ratio_limit);
  CHECK(drawn >= 1);
}

TEST_CASE("every event is listed with the step, value, threshold and reason", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Json events = Json::parse(here.premelt("run schematic --json --quiet").out)["events"];
  std::vector<std::string> names;
  for (const Json& event : events) {
    names.push_back(event["name"]);
    CHECK(event["value"].get<double>() >= event["threshold"].get<double>());
    CHECK_FALSE(event["why"].get<std::string>().empty());
  }
  CHECK(names == std::vector<std::string>{"shc", "completion_10", "completion_50", "completion_90"});
  CHECK(events[2]["step"] == 200);  // half-way at t0
  CHECK(events == Json::parse(here.read("runs/schematic-seed1/events.json")));
}

TEST_CASE("the summary's alarm is the latest between two events, its lead the steps to the half-way point",
          "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt(
      "run deep-linear --steps 1200 --quiet --out r --set window=10 --set label_noise=1 --set alarm_hold=1 "
      "--set alarm_factor=1.5");
  REQUIRE(done.code == 0);
  std::map<std::string, std::int64_t> halves;
  std::vector<std::int64_t> alarms;
  for (const Json& event : Json::parse(here.read("r/events.json"))) {
    if (event["kind"] == "alarm") alarms.push_back(event["step"]);
    if (event["name"].get<std::string>().ends_with("_50")) halves[event["name"]] = event["step"];
  }
  REQUIRE(halves.size() >= 2);
  std::int64_t previous = -1;
  std::size_t most = 0;
  for (const char* mode : {"mode1", "mode2"}) {
    const std::int64_t half = halves.at(std::string(mode) + "_50");
    std::vector<std::int64_t> between;
    std::ranges::copy_if(alarms, std::back_inserter(between),
                         [&](std::int64_t step) { return step > previous && step <= half; });
    REQUIRE_FALSE(between.empty());
    most = std::max(most, between.size());
    const std::string line = done.out.substr(done.out.find(std::string("\n") + mode) + 1);
    std::istringstream words(line.substr(0, line.find('\n')));
    std::string name, at10, at50, at90, alarm, lead;
    words >> name >> at10 >> at50 >> at90 >> alarm >> lead;
    CHECK(at50 == std::to_string(half));
    CHECK(alarm == std::to_string(between.back()));
    CHECK(lead == std::to_string(half - between.back()));
    previous = half;
  }
  CHECK(most >= 2);  // or the latest would be the only one
}

TEST_CASE("the same seed and run.json fed back give the same bits; nothing is overwritten", "[property]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(short_run + "--seed 5 --set label_noise=0.5 --quiet").code == 0);
  REQUIRE(here.premelt(short_run + "--seed 5 --set label_noise=0.5 --quiet").code == 0);
  REQUIRE(here.premelt("run --config runs/deep-linear-seed5/run.json --out again --quiet").code == 0);
  for (const char* name : data_files) {
    const std::string first = here.read(std::string("runs/deep-linear-seed5/") + name);
    CHECK(first == here.read(std::string("runs/deep-linear-seed5-2/") + name));
    CHECK(first == here.read(std::string("again/") + name));
  }
}

TEST_CASE("a setting's TOML is a config; the command line beats it", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("my.toml", here.premelt("settings schematic").out + "\n");
  const Outcome done = here.premelt("run --config my.toml --steps 250 --set tau=5 --json --quiet");
  INFO(done.err);
  REQUIRE(done.code == 0);
  const Json info = Json::parse(here.read("runs/schematic-seed1/run.json"));
  CHECK(info["parameters"]["tau"] == 5.0);
  CHECK(info["parameters"]["steps"] == 250);
}

TEST_CASE("settings lists names, parameters and meanings", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  CHECK_THAT(here.premelt("settings").out, Contains("deep-linear") && Contains("schematic"));
  CHECK_THAT(here.premelt("settings deep-linear").out,
             Contains("learning_rate = 0.005") && Contains("# step size"));
  const Json json = Json::parse(here.premelt("settings deep-linear --json").out);
  CHECK(json["parameters"][0]["name"] == "seed");
}

TEST_CASE("help starts with examples, version names the BLAS kernel", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  CHECK_THAT(here.premelt("--help").out, Contains("Examples:") && Contains("premelt run deep-linear"));
  CHECK_THAT(here.premelt("run --help").out, Contains("Examples:") && Contains("--set"));
  CHECK_THAT(here.premelt("--version").out, Contains("OpenBLAS") && Contains("kernel") && Contains("thread"));
}

TEST_CASE("--profile prints where the time goes", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  CHECK_THAT(here.premelt(short_run + "--profile").err, Contains("matmul") && Contains("squared_error"));
}

TEST_CASE("wrong usage ends with exit code 2 and names the nearest valid word", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto refused = [&](const std::string& arguments, const std::string& text) {
    const Outcome outcome = here.premelt(arguments);
    INFO(arguments);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Contains(text));
  };
  refused("runn", "did you mean 'run'");
  refused("run deep-liner", "did you mean 'deep-linear'");
  refused("run deep-linear --sed 3", "did you mean '--seed'");
  refused("run deep-linear --set windw=3", "did you mean 'window'");
  refused("run deep-linear --set window", "key=value");
  refused("run deep-linear --seed abc", "expected an integer");
  refused("run deep-linear --steps 0", "out of range");
  refused("run deep-linear --steps 20", "does not fit");
  refused("run deep-linear --dtype float16", "float32, float64");
  refused("run deep-linear extra", "one word too many");
  refused("run", "name a setting");
  refused("analyze", "FILE");
  refused("analyze x.npy --detrend cubic", "cubic");
  refused("analyze x.npy --baseline 5", "A:B");
  CHECK_FALSE(std::filesystem::exists(here / "runs"));
}

TEST_CASE("data and disk problems end with exit code 3", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto refused = [&](const std::string& arguments, const std::string& text) {
    const Outcome outcome = here.premelt(arguments);
    INFO(arguments);
    CHECK(outcome.code == 3);
    CHECK_THAT(outcome.err, Contains(text));
  };
  here.file("taken", "a file");
  refused("run schematic --out taken/run", "cannot be made");
  refused("run schematic --out /proc/run", "cannot be made");
  refused("run schematic --config none.toml", "none.toml");
  here.file("bad.toml", "tau = = 3\n");
  refused("run schematic --config bad.toml", "bad.toml:1");
  here.file("bad.json", "{}");
  refused("run schematic --config bad.json", "not a run.json");
  refused("run deep-linear --set data=none.csv --set targets=y", "none.csv");
  refused("report nowhere", "nowhere");
  CHECK(here.read("taken") == "a file");
}

TEST_CASE("a diverged run ends with exit code 4 and stays readable", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome outcome =
      here.premelt("run deep-linear --set learning_rate=1000 --set init_sd=1 --set window=2");
  CHECK(outcome.code == 4);
  CHECK_THAT(outcome.err, Contains("diverged at step") && Contains("runs/deep-linear-seed1"));
  CHECK(read_npy<double>(here / "runs/deep-linear-seed1/losses.npy").shape()[0] >= 1);
  CHECK(here.premelt("report runs/deep-linear-seed1").code == 0);
}

TEST_CASE("a configuration has letters beyond ASCII in quotes and comments only", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto refusal = [&](const std::string& text) {
    const Outcome outcome = here.premelt("run --config " + here.file("bare.toml", text) + " --out none");
    CHECK(outcome.code == (text.front() == '\xEF' ? 2 : 3));
    return outcome.err;
  };
  CHECK_THAT(refusal("# ʘ\nseed = 1\nʘ = 2\n"), Contains("bare.toml:3:1: "));
  CHECK_THAT(refusal("when = 1978'ʘ\n"), Contains("bare.toml:1:"));
  CHECK_THAT(refusal("key = \"\\u0025\"\n"), Contains("bare.toml: write %"));
  CHECK_THAT(refusal("\xEF\xBB\xBF# ʘ\nsetting = \"schematic\"\n\"\\\"ʘ %\" = 'ʘ'\n"), Contains("'\"ʘ %'"));
}

TEST_CASE("a configuration that breaks an assumption of the TOML library is an error in the file", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome outcome = here.premelt("run --config " + here.file("bad.toml", "[$$[][]") + " --out none");
  CHECK(outcome.code == 3);
  CHECK_THAT(outcome.err, Contains("bad.toml: is not TOML"));
}
