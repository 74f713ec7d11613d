/// What `premelt run` shows while it runs: on a terminal of 80 columns, and elsewhere.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <regex>

#include "tests/support/program.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

const std::string run = "run deep-linear --steps 700 --set window=20";

/// Everything a terminal of 80 columns is sent by `premelt ARGUMENTS`, by `script` of util-linux.
std::string sent_by(const std::string& arguments, const std::string& environment = "LANG=C.UTF-8") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("show.sh", "stty cols 80\nenv -u LC_ALL -u NO_COLOR TERM=xterm " + environment + " '" +
                           program_under_test(PREMELT_PROGRAM) + "' " + arguments + "; true\n");
  const std::string folder = (here / "").string();
  REQUIRE(std::system(
              ("cd " + folder + " && script -qec 'sh show.sh' sent > .out 2>&1 < /dev/null").c_str()) == 0);
  return here.read("sent");
}

std::string on_terminal(const std::string& environment, const std::string& options = "") {
  return sent_by(run + options, environment);
}

/// The characters of the widest line, without the codes that move the cursor.
std::size_t widest_line(const std::string& sent) {
  const std::string text = std::regex_replace(sent, std::regex("\033\\[[0-9;]*[A-Za-z]"), "");
  std::size_t widest = 0, width = 0;
  for (const char c : text.substr(text.find("deep-linear  "))) {
    width = c == '\n' || c == '\r' ? 0 : width + ((static_cast<unsigned char>(c) & 0xC0) != 0x80);
    widest = std::max(widest, width);
  }
  return widest;
}

}  // namespace

TEST_CASE("the live view fits 80 columns and shows signals, order parameters and alarms", "[unit]") {
  const std::string sent = on_terminal("LANG=C.UTF-8");
  CHECK(widest_line(sent) <= 80);
  CHECK_THAT(sent, Contains("log SHC") && Contains("PR ") && Contains("s1 ") && Contains("s4 "));
  CHECK_THAT(sent, Contains("▁") && Contains("█") && Contains("\033[1;33m^\033[0m"));
}

TEST_CASE("NO_COLOR takes the colour, a plain locale the block characters", "[unit]") {
  const std::string sent = on_terminal("NO_COLOR=1 LANG=C");
  CHECK(widest_line(sent) <= 80);
  CHECK_THAT(sent, Contains("log SHC") && Contains("^") && !Contains("\033[1;33m") && !Contains("▁"));
}

TEST_CASE("an alarm is marked below its step", "[unit]") {
  const std::string sent = on_terminal("NO_COLOR=1 LANG=C");
  std::smatch alarm;
  REQUIRE(std::regex_search(sent, alarm, std::regex("ALARM step ([0-9]+)")));
  constexpr std::size_t label = 8, width = 62;  // of 80 columns, with 10 for the newest value
  const std::size_t mark = sent.substr(sent.rfind("alarms ")).find_first_of("^*");
  REQUIRE(mark != std::string::npos);
  CHECK(mark == label + std::stoul(alarm[1]) * width / 700);
}

TEST_CASE("a terminal that cannot move its cursor, a file and --quiet see no live view", "[unit]") {
  CHECK_THAT(on_terminal("LANG=C.UTF-8 TERM=dumb"), !Contains("\033") && !Contains("log SHC"));
  CHECK_THAT(on_terminal("LANG=C.UTF-8", " --quiet"), !Contains("log SHC") && !Contains("ALARM"));
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt(run);
  CHECK_THAT(done.err, Contains("ALARM step") && !Contains("\033") && !Contains("log SHC"));
}

TEST_CASE("on a terminal the next command is suggested, elsewhere and with --quiet it is not", "[unit]") {
  CHECK_THAT(sent_by("run quadratic --steps 50"),
             Contains("next: premelt report runs/quadratic-seed1 --open"));
  CHECK_THAT(sent_by("run quadratic --steps 50 --quiet"), !Contains("next:"));
  CHECK_THAT(sent_by("settings"), Contains("next: premelt settings "));
  CHECK_THAT(sent_by("settings quadratic"), Contains("next: premelt run quadratic"));
  const Workplace here(PREMELT_PROGRAM);
  CHECK_THAT(here.premelt("run quadratic --steps 50").err, !Contains("next:"));
}

TEST_CASE("watch on a terminal says what to pipe into it", "[unit]") {
  CHECK_THAT(sent_by("watch < /dev/tty"), Contains("nothing is piped in") && Contains("premelt help watch"));
}

TEST_CASE("options stand before and after the argument, and commands are not abbreviated", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  CHECK(here.premelt("run --steps 50 quadratic --out a -q").code == 0);
  CHECK(here.premelt("run -q --out b quadratic --steps 50").code == 0);
  CHECK(here.read("a/losses.npy") == here.read("b/losses.npy"));
  const Outcome cut = here.premelt("swe");
  CHECK(cut.code == 2);
  CHECK_THAT(cut.err, Contains("did you mean 'sweep'"));
}
