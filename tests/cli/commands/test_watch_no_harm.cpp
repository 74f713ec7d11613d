/// `premelt watch` beside a training that goes on whatever happens: bad files, full disks, restarts,
/// rotation.

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "tests/support/program.hpp"

using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

const std::string csv = PREMELT_SOURCE_DIR "/tests/golden/analyze_small.csv";

std::vector<Json> lines(const std::string& text) {
  std::vector<Json> list;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) list.push_back(Json::parse(line));
  return list;
}

std::size_t count_of(const std::string& text, const std::string& words) {
  std::size_t count = 0;
  for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++count;
  return count;
}

/// Waits, for ten seconds at most, until there are so many lines in a file.
bool has_lines(const Workplace& here, const std::string& file, std::size_t count) {
  for (int wait = 0; wait < 1000; ++wait) {
    if (fs::exists(here / file) && count_of(here.read(file), "\n") == count) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

TEST_CASE("a program that writes to watch never dies of it: the input is read to its end", "[unit]") {
  std::signal(SIGPIPE, SIG_IGN);  // a pipe that nobody reads is then an error of the stream
  const auto watched = [](const std::string& options, const std::string& third, int code,
                          const std::string& words) {
    const Workplace here(PREMELT_PROGRAM);
    REQUIRE(mkfifo((here / "pipe").c_str(), 0600) == 0);
    const auto watching = here.start("watch pipe --window 2 " + options + " 2> err");
    std::ofstream pipe(here / "pipe");
    pipe << "1,2\n2,2\n" << third;
    for (int i = 0; i < 50'000; ++i) pipe << "1,2\n";  // more than a pipe holds
    pipe.flush();
    INFO(options << third);
    CHECK(pipe.good());
    pipe.close();
    CHECK(watching->wait() == code);
    CHECK_THAT(here.read("err"), Contains(words) && Contains("the input is still read to its end"));
  };
  watched("--blocks none.csv >out", "", 3, "none.csv");
  watched("--probes none >out", "", 2, "none");
  watched(">out", "1,nan\n", 4, "training diverged");
  watched(">/dev/full", "", 3, "stdout cannot be written");
}

TEST_CASE("a training that starts again repeats nothing to watch, with one word", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("l.csv", "step,a,b\n1,1,2\n2,2,2\n3,1,2\nstep,a,b\n1,9,9\n2,9,9\n3,9,9\n4,1,3\n");
  const Outcome done = here.premelt("watch l.csv --window 2");
  CHECK(done.code == 0);
  REQUIRE(lines(done.out).size() == 4);
  CHECK(lines(done.out)[3]["mean_loss"] == 2.0);
  CHECK_THAT(done.err,
             Contains("l.csv:6: steps have to increase: 1 follows 3; the line is skipped, and all") &&
                 Contains("lines skipped: 4"));
  CHECK(count_of(done.err, "steps have to increase") == 1);
}

TEST_CASE("every line without a signal says why", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("l.csv", "1,2\n1,2\n1,3\n");
  const std::vector<Json> out = lines(here.premelt("watch l.csv --window 2").out);
  REQUIRE(out.size() == 3);
  CHECK(out[0]["why"] == "window not full: 1 of 2");
  CHECK(out[1]["why"] == "no loss changed in the window");
  CHECK(out[2]["why"].is_null());
}

TEST_CASE("a command is told of each alarm, and its failure is said", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done =
      here.premelt("watch " + csv + " --window 10 --warmup 0 --on-alarm 'cat >> alarms; echo told; exit 7'");
  CHECK(done.code == 0);
  Json alarms = Json::array(), told = Json::array();
  for (const Json& line : lines(done.out)) {
    if (!line["alarm"].is_null()) alarms.push_back(line["alarm"]);
  }
  REQUIRE(!alarms.empty());
  for (const Json& line : lines(here.read("alarms"))) told.push_back(line);
  CHECK(told == alarms);
  CHECK(count_of(done.err, "told\n") == alarms.size());
  CHECK_THAT(done.err, Contains("premelt: --on-alarm: the command ended with exit code 7"));
}

TEST_CASE("watch leaves the run directory that analyze leaves", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt("analyze " + csv + " --window 10 --out analyzed").code == 0);
  const Outcome done = here.premelt("watch " + csv + " --window 10 --report watched");
  CHECK(done.code == 0);
  CHECK_THAT(done.err, Contains("watched/report.html"));
  for (const std::string file : {"losses.npy", "steps.npy", "signals.csv", "modes.npy", "events.json"})
    CHECK(here.read("watched/" + file) == here.read("analyzed/" + file));
  CHECK_THAT(here.read("watched/report.html"), Contains("recordings of 7 probes"));
}

TEST_CASE("a directory that cannot be written to ends the record and not the watch", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("file", "");
  const Outcome none = here.premelt("watch " + csv + " --window 10 --report file/run");
  CHECK(none.code == 0);
  CHECK(lines(none.out).size() == 90);
  CHECK_THAT(none.err, Contains("nothing more is recorded, the watch goes on"));

  const Outcome full =
      here.premelt("watch " + csv + " --window 10 --report run >/dev/null", "ulimit -f 4 &&");
  CHECK(full.code == 0);
  CHECK(count_of(full.err, "nothing more is recorded, the watch goes on") == 1);
  CHECK_THAT(full.err, Contains("watched  90 recordings"));
}

TEST_CASE("a file is followed as it grows, and when another takes its place", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("l.csv", "step,a,b\n1,1,2\n2,2,2\n");
  const auto watching = here.start("watch l.csv --follow --window 2 > out 2> err");
  REQUIRE(has_lines(here, "out", 2));
  std::ofstream(here / "l.csv", std::ios::app) << "3,1,2\n4,1,";
  REQUIRE(has_lines(here, "out", 3));
  fs::rename(here / "l.csv", here / "l.csv.1");
  here.file("new", "step,a,b\n4,1,3\n5,1,4\n");
  fs::rename(here / "new", here / "l.csv");
  REQUIRE(has_lines(here, "out", 5));
  watching->send(SIGINT);
  CHECK(watching->wait() == 0);
  CHECK(lines(here.read("out")).back()["step"] == 5);
  CHECK_THAT(here.read("err"), Contains("watched  5 recordings") && Contains("lines skipped: 1"));
}
