/// `premelt runs`, an --out that exists, and --open, from outside.

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/program.hpp"

using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

using namespace std::chrono_literals;

const Json& run_in(const Json& list, const std::string& directory) {
  for (const Json& run : list["runs"]) {
    if (run["dir"] == directory) return run;
  }
  throw std::runtime_error("no run in " + directory);
}

}  // namespace

TEST_CASE("premelt runs lists finished, running and stopped runs, and how these go on", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome none = here.premelt("runs");
  CHECK(none.code == 3);
  REQUIRE(here.premelt("run deep-linear --steps 400 -q").code == 0);
  REQUIRE(here.premelt("analyze runs/deep-linear-seed1/losses.npy -q").code == 0);
  const auto process =
      here.start("run deep-linear --seed 2 --set steps=2000000000 -o 'runs/it'\\''s long' 2>/dev/null");
  for (int i = 0; i < 600 && premelt::test::files_in(here / "runs/it's long/checkpoints") == 0; ++i)
    std::this_thread::sleep_for(50ms);
  CHECK(run_in(Json::parse(here.premelt("runs --json").out), "runs/it's long")["state"] == "running");
  process->send(SIGKILL);
  process->wait();

  const Json list = Json::parse(here.premelt("runs --json").out);
  REQUIRE(list["runs"].size() == 3);
  const Json& finished = run_in(list, "runs/deep-linear-seed1");
  CHECK(finished["state"] == "finished");
  CHECK(finished["setting"] == "deep-linear");
  CHECK(finished["seed"] == 1);
  CHECK(finished["step"] == 400);
  CHECK(finished["alarms"] > 0);
  CHECK(finished["bytes"] > 100000);
  CHECK(run_in(list, "runs/analyze-losses")["state"] == "finished");
  const Json& stopped = run_in(list, "runs/it's long");
  CHECK(stopped["state"] == "stopped");
  const std::string remedy = stopped["continue"];
  CHECK(remedy == "premelt run --resume --out 'runs/it'\\''s long'");
  const std::string table = here.premelt("runs").out;
  CHECK_THAT(table, Contains("to continue: " + remedy) && Contains("finished") && Contains("2000000000"));
}

TEST_CASE("a run that is damaged is listed as such", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt("run quadratic --steps 100 -q -o runs/a").code == 0);
  here.file("runs/a/events.json", "{");
  here.file("runs/a/steps.npy", "no array");
  CHECK_THAT(here.premelt("runs").out, Contains("damaged"));
  here.file("runs/a/run.json", "{");
  CHECK_THAT(here.premelt("runs").out, Contains("damaged"));
}

TEST_CASE("an --out that holds something is kept, and the program says where it writes instead", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command = "run quadratic --steps 100 --out mine";
  CHECK_THAT(here.premelt(command).err, !Contains("holds something"));
  CHECK_THAT(here.premelt(command).err, Contains("note  mine holds something already") && Contains("mine-2"));
  CHECK_THAT(here.premelt(command + " --quiet").err, !Contains("holds something"));
  CHECK(exists(here / "mine-3/report.html"));
}

TEST_CASE("--open hands the report to the browser", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("browser", "#!/bin/sh\nprintf '%s' \"$1\" > asked.new\nmv asked.new asked\n");
  std::filesystem::permissions(here / "browser", std::filesystem::perms::owner_all);
  REQUIRE(here.premelt("run quadratic --steps 100 -q --open -o mine", "BROWSER=./browser").code == 0);
  for (int i = 0; i < 200 && !exists(here / "asked"); ++i) std::this_thread::sleep_for(20ms);
  CHECK(here.read("asked").ends_with("/mine/report.html"));
  const Outcome none = here.premelt("report mine --open", "BROWSER=./nosuch");
  CHECK(none.code == 0);
  CHECK_THAT(none.err, Contains("./nosuch cannot be started"));
}

TEST_CASE("lists are taken with and without brackets", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto strengths = [&](const std::string& text) {
    const Outcome done = here.premelt("run deep-linear --steps 100 --json -q --set 'strengths=" + text + "'");
    INFO(done.err);
    REQUIRE(done.code == 0);
    return Json::parse(
        here.read(Json::parse(done.out)["dir"].get<std::string>() + "/run.json"))["parameters"]["strengths"];
  };
  CHECK(strengths("3,2,1") == Json{3.0, 2.0, 1.0});
  CHECK(strengths("[3,2,1]") == Json{3.0, 2.0, 1.0});
  CHECK(strengths("[3, 2, 1]") == Json{3.0, 2.0, 1.0});
  CHECK(here.premelt("run deep-linear --set 'strengths=[3,2'").code == 2);
}
