/// Closed streams, full disks, signals, strange environments, impossible requests: a message, an exit code of
/// the list, and nothing lost.

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "cli/terminal/exit_code.hpp"
#include "tests/support/program.hpp"

using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

const std::string run = "run schematic --steps 200 --set window=10 --set t0=100 ";

constexpr const char* recorded_files[] = {"losses.npy",  "steps.npy",   "modes.npy",  "order.csv",
                                          "signals.csv", "events.json", "report.html"};

void check_same_files(const Workplace& here, const std::string& whole, const std::string& other) {
  for (const char* name : recorded_files) {
    INFO(other << "/" << name);
    CHECK(here.read(whole + "/" + name) == here.read(other + "/" + name));
  }
}

/// A variable of the environment, for the programs started while it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { setenv(name, value.c_str(), 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

template <class Condition>
void wait_until(Condition condition) {
  for (int i = 0; i < 20000 && !condition(); ++i) usleep(1000);
  REQUIRE(condition());
}

}  // namespace

TEST_CASE("closed standard streams never get into the recordings", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(run + "--out whole").code == 0);
  CHECK(here.premelt(run + "--out a 2>&-").code == 0);
  check_same_files(here, "whole", "a");
  CHECK(here.premelt(run + "--out b <&-").code == 0);
  check_same_files(here, "whole", "b");
  const Outcome closed = here.premelt(run + "--out c >&-");
  CHECK(closed.code == 3);
  CHECK_THAT(closed.err, Contains("stdout cannot be written"));
  check_same_files(here, "whole", "c");
  CHECK(here.premelt(run + "--out d <&- >&- 2>&-").code == 3);
  check_same_files(here, "whole", "d");
  CHECK(here.premelt("watch - <&-").code == 3);
}

TEST_CASE("a full or closed stdout is said with exit code 3, and the run is complete", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(run + "--out whole").code == 0);
  for (const std::string output : {"--json", ""}) {
    const Outcome full = here.premelt(run + output + " --out full" + output + " >/dev/full");
    CHECK(full.code == 3);
    CHECK_THAT(full.err, Contains("stdout cannot be written: No space left on device"));
    check_same_files(here, "whole", "full" + output);
  }
  // A reader that goes away at once, of progress and of results.
  REQUIRE(here.premelt(run + "--out piped 2>&1 | true").code >= 0);
  check_same_files(here, "whole", "piped");
}

TEST_CASE("a disk that takes no more is said with exit code 3", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  // The shell's limit on the size of a file stands for a full disk: 8 blocks of 512 bytes.
  const Outcome full =
      here.premelt("--version >/dev/null; ulimit -f 8; '" + program_under_test(PREMELT_PROGRAM) + "' " + run +
                   "--out full >.stdout 2>.stderr");
  CHECK(full.code == 3);
  CHECK_THAT(full.err, Contains("full") && !Contains("fault of premelt"));
}

TEST_CASE("directories that cannot be written to are refused with exit code 3", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  for (const std::string out :
       {"/dev/null", "/proc/premelt", "/proc/premelt/run", "loop", "loop/run", "file"}) {
    here.file("file", "mine");
    if (!fs::is_symlink(here / "loop")) fs::create_symlink("loop", here / "loop");
    for (const std::string& command : {run, std::string("sweep pitchfork --seeds 1..2 --controls 1 "),
                                       std::string("compare deep-linear --at 0 --set steps=80 ")}) {
      const Outcome outcome = here.premelt(command + "--out " + out);
      INFO(command << out << ": " << outcome.err);
      CHECK(outcome.code == 3);
      CHECK_FALSE(fs::exists(out + "-2"));
    }
  }
  CHECK(here.premelt("report loop").code == 3);
  CHECK(here.premelt("run --resume --out loop").code == 3);
  CHECK(here.premelt("analyze loop").code == 3);
}

TEST_CASE("SIGINT, SIGTERM and SIGHUP each leave a complete directory", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string slow = "run deep-linear --steps 1000000 --set checkpoint_every=20 --set window=10 ";
  std::signal(SIGHUP, SIG_DFL);  // it is ignored when these tests were started by nohup
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const std::string directory = "signal" + std::to_string(signal);
    const auto process = here.start(slow + "--out " + directory);
    wait_until([&] { return fs::exists(here / (directory + "/checkpoints/step-00000020.safetensors")); });
    process->send(signal);
    CHECK(process->wait() == 0);
    CHECK(fs::exists(here / (directory + "/report.html")));
    CHECK_FALSE(fs::exists(here / (directory + "/.lock")));
    CHECK(here.premelt("report " + directory).code == 0);
  }
}

TEST_CASE("nonsense in OPENBLAS_NUM_THREADS or PREMELT_MEMORY is refused before anything is made", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  for (const char* nonsense : {"abc", "-1", "0", "999999", "", "2x"}) {
    const Variable threads("OPENBLAS_NUM_THREADS", nonsense);
    const Outcome outcome = here.premelt(run);
    INFO("'" << nonsense << "'");
    CHECK(outcome.code == 2);
    CHECK_THAT(outcome.err, Contains("OPENBLAS_NUM_THREADS: expected a number of threads from 1 to"));
    CHECK_FALSE(fs::exists(here / "runs"));
  }
  const Variable memory("PREMELT_MEMORY", "lots");
  const Outcome outcome = here.premelt(run);
  CHECK(outcome.code == 2);
  CHECK_THAT(outcome.err, Contains("PREMELT_MEMORY: expected bytes"));
}

TEST_CASE("a locale with decimal commas and a missing TMPDIR change no byte of a run", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(run + "--out whole").code == 0);
  // Whether or not this machine has the locale: the program must not ask for one.
  const Variable locale("LC_ALL", "de_DE.UTF-8"), temporary("TMPDIR", "/nowhere/at/all");
  REQUIRE(here.premelt(run + "--out german").code == 0);
  check_same_files(here, "whole", "german");
}

TEST_CASE("what the machine has no memory for is refused before it is taken", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  for (const std::string arguments :
       {"run deep-linear --set hidden=1000000000", "run deep-linear --set probes=1000000000000",
        "run deep-linear --set batch=1000000000000", "run deep-linear --set depth=1000000000",
        "run induction --set layers=1000000000", "run text --set layers=1000000000",
        "run grokking --set modulus=1000000001",
        "run schematic --set window=1000000000 --steps 1000000000000",
        "sweep pitchfork --seeds 0..1 --steps 1000000000000 "}) {
    const Outcome outcome = here.premelt(arguments);
    INFO(arguments << ": " << outcome.err);
    CHECK(outcome.code == 2);
    CHECK_THAT(outcome.err, Contains("would need") && Contains("PREMELT_MEMORY"));
    CHECK_FALSE(fs::exists(here / "runs"));
  }
  for (const std::string sizes : {"--seeds 0..9007199254740992", "--seeds 0..1 --controls 1000000000000",
                                  "--seeds 0..1 --jobs 100000"}) {
    const Outcome outcome = here.premelt("sweep pitchfork " + sizes);
    CHECK(outcome.code == 2);
    CHECK_THAT(outcome.err, Contains("expected"));
  }
  CHECK(here.premelt("run deep-linear --steps 18014398509481984").code == 2);

  const Variable memory("PREMELT_MEMORY", "1M");
  CHECK(here.premelt("run deep-linear --set probes=100000").code == 2);
}

TEST_CASE("more modes than probes are not kept", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(run + "--set modes=1000000 --set probes=6 --json --out modes").code == 0);
  CHECK(fs::file_size(here / "modes/modes.npy") < 100000);
}

TEST_CASE("divergence is exit code 4 however rarely a run is recorded, also before the first step",
          "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  int number = 0;
  for (const std::string arguments :
       {"run deep-linear --set every=5 --set learning_rate=3",
        "run deep-linear --set every=10 --set learning_rate=3",
        "run deep-linear --set every=50 --set learning_rate=3 --set window=10",
        "run deep-linear --set init_sd=1e30", "run pitchfork --set measurement_noise=1e308",
        "compare deep-linear --at 100 --set learning_rate=1"}) {
    const std::string directory = "run" + std::to_string(number++);
    const Outcome outcome = here.premelt(arguments + " --out " + directory);
    INFO(arguments << ": " << outcome.err);
    CHECK(outcome.code == 4);
    CHECK_THAT(outcome.err, Contains("the loss of probe 0 is"));
    CHECK_FALSE(fs::exists(here / (directory + "/.lock")));
  }
}

TEST_CASE("no command ends with exit code 1", "[property]") {
  std::set<int> codes;
  for (const auto& row : premelt::cli::exit_codes) codes.insert(static_cast<int>(row.code));
  REQUIRE(codes == std::set<int>{0, 2, 3, 4, 70});
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(run + "--out run").code == 0);
  here.file("broken.json", "{\"setting\": 3, \"parameters\": []}");
  here.file("empty", "");
  here.file("words.csv", "a,b\nx,y\n");
  fs::create_directory(here / "bare");
  here.file("bare/run.json", "{}");
  for (const std::string arguments : {"",
                                      "--help",
                                      "--version",
                                      "nonsense",
                                      "settings",
                                      "settings nothing",
                                      "run",
                                      "run --config broken.json",
                                      "run --config empty",
                                      "run --config nowhere",
                                      "run schematic --set steps=0",
                                      "run schematic --set window=1",
                                      "run schematic --set steps=x",
                                      "run tiny-lookup --set heads=3",
                                      "run tiny-lookup --set width=3",
                                      "run induction --set width=3",
                                      "run grokking --set fraction=1e30",
                                      "run grokking --set modulus=4",
                                      "run deep-linear --set strengths=",
                                      "run deep-linear --set data=words.csv",
                                      "run deep-linear --set data=empty",
                                      "run text --set data=empty",
                                      "run deep-linear --set alarm_statistic=none",
                                      "run --resume",
                                      "run --resume --out bare",
                                      "run --resume --out empty",
                                      "report bare",
                                      "report empty",
                                      "report nowhere",
                                      "compare bare",
                                      "compare run",
                                      "compare schematic",
                                      "compare nothing",
                                      "analyze empty",
                                      "analyze bare",
                                      "analyze words.csv",
                                      "watch empty",
                                      "watch nowhere",
                                      "sweep drift --seeds 1..2",
                                      "sweep pitchfork --seeds 2..1",
                                      "sweep pitchfork --seeds 0..0 --window 5000"}) {
    const Outcome outcome = here.premelt(arguments);
    INFO("premelt " << arguments << ": " << outcome.code << " " << outcome.err);
    CHECK(codes.contains(outcome.code));
    CHECK(outcome.code != 70);
  }
}

TEST_CASE("runs started at once under one name each have a directory of their own", "[property]") {
  const Workplace here(PREMELT_PROGRAM);
  constexpr int rounds = 3, starts = 4;
  for (int round = 0; round < rounds; ++round) {
    const std::string out = "together" + std::to_string(round);
    std::vector<std::unique_ptr<Process>> processes;
    for (int i = 0; i < starts; ++i)
      processes.push_back(here.start(run + "--seed " + std::to_string(i) + " --out " + out));
    for (auto& process : processes) REQUIRE(process->wait() == 0);
    std::set<int> seeds;
    for (int i = 1; i <= starts; ++i) {
      const std::string directory = out + (i > 1 ? "-" + std::to_string(i) : "");
      seeds.insert(Json::parse(here.read(directory + "/run.json"))["seed"].get<int>());
      CHECK(here.premelt("report " + directory).code == 0);
    }
    CHECK(seeds.size() == starts);
  }
}

TEST_CASE("a directory at work is refused to --resume and sweep, naming the process", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto first =
      here.start("run deep-linear --steps 1000000 --set checkpoint_every=20 --set window=10 --out busy");
  wait_until([&] { return fs::exists(here / "busy/checkpoints/step-00000020.safetensors"); });
  const Outcome second = here.premelt("run --resume --out busy");
  CHECK(second.code == 3);
  CHECK_THAT(second.err, Contains("busy: process ") && Contains("is at work in this directory"));
  first->send(SIGKILL);
  first->wait();
  CHECK(fs::exists(here / "busy/.lock"));

  const std::string sweep =
      "sweep pitchfork --seeds 200..260 --controls 2 --set window=50 --set probes=20 --jobs 1 ";
  const auto sweeping = here.start(sweep + "--out sweep");
  wait_until([&] { return fs::exists(here / "sweep/runs/held-out-200.json"); });
  const Outcome other = here.premelt("sweep deep-linear --seeds 1..2 --out sweep");
  CHECK(other.code == 3);
  CHECK_THAT(other.err, Contains("sweep: process "));
}

TEST_CASE("run.json says what was done", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(run + "--out schematic").code == 0);
  Json info = Json::parse(here.read("schematic/run.json"));
  CHECK(info["token_reduction"] == "none: one loss a probe");
  CHECK(info["threads"] == 1);
  CHECK(info["detrending"] == Json({{"shc", "none"}, {"shc_detrended", "linear"}}));
  CHECK(info["build"]["id"].get<std::string>().size() == 16);

  REQUIRE(here.premelt("run induction --set quick=true --steps 10 --set window=2 --out tokens").code == 0);
  CHECK(Json::parse(here.read("tokens/run.json"))["token_reduction"] == "mean over the tokens of each probe");

  here.file("losses.csv", "step,a,b\n0,1,2\n1,2,1\n2,1,3\n3,2,2\n4,1,1\n");
  REQUIRE(here.premelt("analyze losses.csv --window 3 --detrend diff --out diff").code == 0);
  info = Json::parse(here.read("diff/run.json"));
  CHECK(info["detrending"]["shc_diff"] == "diff");
  CHECK_THAT(info["token_reduction"].get<std::string>(), Contains("unknown"));

  const Variable threads("OPENBLAS_NUM_THREADS", "2");
  REQUIRE(here.premelt(run + "--out threads").code == 0);
  info = Json::parse(here.read("threads/run.json"));
  CHECK(info["threads"] == info["build"]["blas_threads"]);
}
