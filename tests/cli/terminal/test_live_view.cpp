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

/// Everything a terminal of 80 columns is sent, by `script` of util-linux.
std::string on_terminal(const std::string& environment, const std::string& options = "") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("show.sh", "stty cols 80\nenv -u LC_ALL -u NO_COLOR TERM=xterm " + environment + " '" +
                           program_under_test(PREMELT_PROGRAM) + "' " + run + options + "\n");
  const std::string folder = (here / "").string();
  REQUIRE(std::system(
              ("cd " + folder + " && script -qec 'sh show.sh' sent > .out 2>&1 < /dev/null").c_str()) == 0);
  return here.read("sent");
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
