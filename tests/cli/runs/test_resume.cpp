/// `premelt run --resume` from outside: kill -9, Ctrl-C, damage, longer runs.

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstring>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/tensor/random.hpp"
#include "models/experiment/checkpoints.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_text.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

/// Slow enough to be killed at work, in single precision with every kind of state.
const std::string slow_run =
    "run deep-linear --steps 400 --set checkpoint_every=50 --set window=20 --dtype float32 --set "
    "momentum=0.9 "
    "--set learning_rate=0.001 --set label_noise=0.5 --set probes=512 --set hidden=96 --set depth=3 --quiet ";
const std::string quick_run =
    "run schematic --set steps=300 --set checkpoint_every=100 --set t0=150 --quiet ";

constexpr const char* trained_files[] = {"losses.npy",  "steps.npy",    "order.csv",
                                         "signals.csv", "training.csv", "modes.npy",
                                         "events.json", "run.json",     "samples.txt"};

/// All files below a directory with their bytes.
std::map<std::string, std::string> snapshot(const Workplace& here, const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(here / directory)) {
    files[entry.path().string()] = entry.is_regular_file() ? here.read(entry.path()) : "directory";
  }
  return files;
}

void check_same_run(const Workplace& here, const std::string& whole, const std::string& resumed) {
  for (const char* name : trained_files) {
    if (!fs::exists(here / (whole + "/" + name))) continue;
    INFO(resumed << "/" << name);
    CHECK(here.read(whole + "/" + name) == here.read(resumed + "/" + name));
  }
  CHECK_FALSE(fs::exists(here / (resumed + "/.resume")));
}

template <class Condition>
void wait_until(Condition condition) {
  for (int i = 0; i < 100000 && !condition(); ++i)
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  REQUIRE(condition());
}

std::int64_t newest_checkpoint(const fs::path& directory) {
  const auto found = find_checkpoints(directory);
  return found.empty() ? -1 : found.rbegin()->first;
}

/// Starts or resumes the run and kills it within some 30 ms of a moment that differs from trial to trial: the
/// next checkpoint, or the beginning of the replay. Whether it was still at work.
bool kill_once(const Workplace& here, const std::string& directory, bool in_replay, Rng& rng) {
  const fs::path path = here / directory;
  const std::int64_t before = newest_checkpoint(path);
  const auto process =
      here.start((before < 0 ? slow_run + "--out " : "run --resume --quiet --out ") + directory);
  wait_until([&] {
    return newest_checkpoint(path) > before || (in_replay && before >= 0 && fs::exists(path / ".resume"));
  });
  std::this_thread::sleep_for(std::chrono::microseconds(rng.below(30000)));
  process->send(SIGKILL);
  return process->wait() == -SIGKILL;
}

}  // namespace

TEST_CASE("kill -9 at any moment, then --resume: the same bytes as an uninterrupted run", "[property]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(slow_run + "--out whole").code == 0);
  Rng rng(1, "kills");
  int kills = 0;
  for (int trial = 0; trial < 6; ++trial) {
    const std::string directory = "killed" + std::to_string(trial);
    for (int attempt = 0; attempt < 4 && newest_checkpoint(here / directory) < 400; ++attempt) {
      kills += kill_once(here, directory, attempt % 2 == 1, rng);
      CHECK(here.premelt("report " + directory).code == 0);
    }
    const Outcome finished = here.premelt("run --resume --out " + directory);
    INFO(finished.err);
    REQUIRE(finished.code == 0);
    check_same_run(here, "whole", directory);
  }
  CHECK(kills >= 6);
}

TEST_CASE("Ctrl-C leaves a complete directory that --resume continues to the same bits", "[property]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(slow_run + "--out whole").code == 0);
  const auto process = here.start(slow_run + "--out stopped");
  wait_until([&] { return newest_checkpoint(here / "stopped") >= 50; });
  process->send(SIGINT);
  CHECK(process->wait() == 0);
  CHECK(fs::exists(here / "stopped/report.html"));
  CHECK(here.premelt("report stopped").code == 0);
  REQUIRE(newest_checkpoint(here / "stopped") < 400);
  REQUIRE(here.read("stopped/order.csv").size() < here.read("whole/order.csv").size());

  const Outcome resumed = here.premelt("run deep-linear --resume --out stopped --json");
  INFO(resumed.err);
  REQUIRE(resumed.code == 0);
  const Json result = Json::parse(resumed.out);
  CHECK(result["dir"] == "stopped");
  CHECK(result["steps"] == 400);
  CHECK(result["events"] == Json::parse(here.read("whole/events.json")));
  check_same_run(here, "whole", "stopped");
}

TEST_CASE("a text run says what it reads and shows samples, and a resumed one keeps them", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("song.txt", small_text());
  const std::string run =
      "run text --steps 60 --set quick=true --set data=song.txt --set length=16 --set width=16 --set every=5 "
      "--set window=4 --set sample_every=20 --set checkpoint_every=30 ";
  const Outcome whole = here.premelt(run + "--out whole");
  INFO(whole.err);
  REQUIRE(whole.code == 0);
  CHECK_THAT(whole.err, Contains("data  song.txt: 2000") && Contains("entropy of a byte") &&
                            Contains("sample step 0") && Contains("sample step 40"));
  CHECK_THAT(whole.out, Contains(" tokens/s"));
  CHECK_THAT(here.read("whole/samples.txt"), Catch::StartsWith("0\t") && Contains("\n60\t"));

  REQUIRE(here.premelt(run + "--quiet --out killed").code == 0);
  fs::remove(here / "killed/checkpoints/step-00000060.safetensors");
  here.file("killed/samples.txt", here.read("killed/samples.txt") + "80\tunfini");
  REQUIRE(here.premelt("run --resume --out killed").code == 0);
  check_same_run(here, "whole", "killed");

  fs::remove(here / "killed/checkpoints/step-00000060.safetensors");
  here.file("song.txt", small_text() + "one line more\n");
  const Outcome changed = here.premelt("run --resume --out killed");
  CHECK(changed.code == 3);
  CHECK_THAT(changed.err, Contains("song.txt: is not"));
  here.file("song.txt", small_text());

  here.file("killed/samples.txt", "no sample\n");
  const Outcome damaged = here.premelt("run --resume --out killed");
  CHECK(damaged.code == 3);
  CHECK_THAT(damaged.err, Contains("samples.txt: line 1 is no sample"));

  const Outcome missing = here.premelt("run text --set data=nowhere.txt --out none");
  CHECK(missing.code == 3);
  CHECK_THAT(missing.err, Contains("nowhere.txt"));
  CHECK_FALSE(fs::exists(here / "none"));
}

TEST_CASE("training.csv has loss and norms at every recording; settings that train nothing have none",
          "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(
      here.premelt("run deep-linear --steps 60 --set window=2 --set every=20 --quiet --out trained").code ==
      0);
  const std::string table = here.read("trained/training.csv");
  CHECK_THAT(table, Catch::StartsWith("step,training_loss,gradient_norm,weight_norm\n0,nan,nan,0."));
  CHECK_THAT(table, Contains("\n20,") && Contains("\n60,"));
  REQUIRE(here.premelt(quick_run + "--out drawn").code == 0);
  CHECK_FALSE(fs::exists(here / "drawn/training.csv"));
}

TEST_CASE("a finished run says so and stays as it is; --steps continues it", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(quick_run + "--out run").code == 0);
  const auto before = snapshot(here, "run");
  const Outcome done = here.premelt("run --resume --out run");
  CHECK(done.code == 0);
  CHECK_THAT(done.out, Contains("run is finished: all 300 steps"));
  const Json result = Json::parse(here.premelt("run --resume --out run --json").out);
  CHECK(result["steps"] == 300);
  CHECK(result["final"]["a"].get<double>() > 0.99);
  CHECK(result["events"] == Json::parse(here.read("run/events.json")));
  CHECK(snapshot(here, "run") == before);

  const Outcome longer = here.premelt("run schematic --resume --out run --steps 450");
  INFO(longer.err);
  REQUIRE(longer.code == 0);
  REQUIRE(here.premelt(quick_run + "--set steps=450 --out whole").code == 0);
  check_same_run(here, "whole", "run");
}

TEST_CASE("--resume refuses what it cannot continue and leaves every byte as it was", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(quick_run + "--out run").code == 0);
  REQUIRE(here.premelt(quick_run + "--set tau=20 --out other").code == 0);
  const auto refused = [&](int code, const std::string& arguments, const std::string& text) {
    const auto before = snapshot(here, "run");
    const Outcome outcome = here.premelt("run --resume " + arguments);
    INFO(arguments);
    CHECK(outcome.code == code);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Contains(text));
    CHECK(snapshot(here, "run") == before);
  };
  refused(2, "", "--resume needs --out");
  refused(2, "deep-linear --out run", "is for the setting 'schematic'");
  refused(2, "--out run --set tau=3", "parameter 'tau'");
  refused(2, "--out run --seed 2", "parameter 'seed'");
  refused(2, "--out run --steps 200", "parameter 'steps'");
  refused(3, "--out nowhere", "nowhere/run.json: is missing");

  const std::string newest = "run/checkpoints/step-00000300.safetensors";
  const std::string whole = here.read(newest);
  const std::string hint = "delete this file to continue from the one before, step-00000200.safetensors";
  for (std::size_t length : {std::size_t{0}, std::size_t{5}, whole.size() / 2, whole.size() - 1}) {
    here.file(newest, whole.substr(0, length));
    refused(3, "--out run", "step-00000300.safetensors");
    refused(3, "--out run", hint);
  }
  std::string flipped = whole;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  here.file(newest, flipped);
  refused(3, "--out run", "its checksum does not fit");
  here.file(newest, here.read("other/checkpoints/step-00000300.safetensors"));
  refused(3, "--out run", "parameter 'tau' is 20.0, expected 10.0");
  here.file(newest, "PK\3\4 somebody's archive, not ours");
  refused(3, "--out run", "not a safetensors file");

  fs::remove(here / newest);
  const std::string losses = here.read("run/losses.npy"), order = here.read("run/order.csv");
  here.file("run/losses.npy", losses.substr(0, losses.size() / 2));
  refused(3, "--out run", "losses.npy");
  here.file("run/losses.npy", losses);
  here.file("run/order.csv", order.substr(0, order.find("\n150,") + 1));
  refused(3, "--out run", "order.csv: holds 150 recordings, expected 201");
  here.file("run/order.csv", order);

  REQUIRE(here.premelt("run --resume --out run").code == 0);  // from the checkpoint before
  REQUIRE(here.premelt(quick_run + "--out whole").code == 0);
  check_same_run(here, "whole", "run");

  fs::remove_all(here / "run/checkpoints");
  refused(3, "--out run", "holds no checkpoint to continue from; `premelt run --config run/run.json`");
}

TEST_CASE("a loss that is not finite in losses.npy is damage, not divergence", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(quick_run + "--out run").code == 0);
  fs::remove(here / "run/checkpoints/step-00000300.safetensors");
  std::string losses = here.read("run/losses.npy");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::memcpy(&losses[losses.size() / 3 / 8 * 8], &nan, sizeof nan);
  here.file("run/losses.npy", losses);
  const Outcome outcome = here.premelt("run --resume --out run");
  CHECK(outcome.code == 3);
  CHECK_THAT(outcome.err, Contains("losses.npy") && !Contains("diverged"));
}

TEST_CASE("a report that a kill left half-written is drawn again by --resume", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(quick_run + "--out run").code == 0);
  const std::string whole = here.read("run/report.html");
  here.file("run/report.html", whole.substr(0, whole.size() / 2));
  REQUIRE(here.premelt("run --resume --out run").code == 0);
  CHECK(here.read("run/report.html") == whole);
}

TEST_CASE("of several --resume at once one continues the run and the others are refused", "[property]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(quick_run + "--out whole").code == 0);
  for (int round = 0; round < 8; ++round) {
    const std::string directory = "run" + std::to_string(round);
    fs::copy(here / "whole", here / directory, fs::copy_options::recursive);
    fs::remove(here / (directory + "/checkpoints/step-00000300.safetensors"));
    std::vector<std::unique_ptr<Process>> processes;
    for (int i = 0; i < 3; ++i) processes.push_back(here.start("run --resume --quiet --out " + directory));
    int done = 0;
    for (auto& process : processes) {
      const int code = process->wait();
      CHECK((code == 0 || code == 3));
      done += code == 0;
    }
    CHECK(done >= 1);
    check_same_run(here, "whole", directory);
  }
}

TEST_CASE("a table that was edited since the run began is refused, whatever its shape", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string iris = here.read(PREMELT_SOURCE_DIR "/models/data/iris.csv");
  here.file("iris.csv", iris);
  REQUIRE(
      here.premelt("run deep-linear --set data=iris.csv --set targets=species --set optimiser=gd --steps 100 "
                   "--quiet --out run")
          .code == 0);
  std::string edited = iris;
  edited[iris.find("5.1")] = '6';
  here.file("iris.csv", edited);
  for (const std::string command : {"run --resume --steps 120 --quiet --out run", "compare run --at 50"}) {
    const Outcome outcome = here.premelt(command);
    INFO(command);
    CHECK(outcome.code == 3);
    CHECK_THAT(outcome.err, Contains("iris.csv: is not the file that the run in run learns from"));
  }
  here.file("iris.csv", iris);
  CHECK(here.premelt("run --resume --steps 120 --quiet --out run").code == 0);
}
