/// Help pages, completion and the manual page, which all come from the declared options.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <sstream>

#include "tests/support/left_out.hpp"
#include "tests/support/program.hpp"

using namespace premelt::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

const std::vector<std::string> commands{"settings", "run",    "compare", "analyze",    "watch",
                                        "sweep",    "report", "runs",    "completion", "help"};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The words, without their meanings, offered for the last of `words`.
std::vector<std::string> offered(const Workplace& here, const std::string& words) {
  std::vector<std::string> found = lines_of(here.premelt("complete " + words).out);
  for (std::string& line : found) line = line.substr(0, line.find('\t'));
  return found;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

bool installed(const std::string& program) {
  return std::system(("command -v " + program + " > /dev/null").c_str()) == 0;
}

/// What a shell prints that runs `script` where `premelt` is the program under test.
std::string shell(const Workplace& here, const std::string& shell, const std::string& script) {
  here.file("script", script);
  const std::string folder = (here / "").string();
  REQUIRE(std::system(("cd " + folder + " && mkdir -p bin && ln -sf '" + program_under_test(PREMELT_PROGRAM) +
                       "' bin/premelt && PATH=\"$PWD/bin:$PATH\" " + shell + " script > shown 2> errors")
                          .c_str()) == 0);
  CHECK(here.read("errors").empty());
  return here.read("shown");
}

}  // namespace

TEST_CASE("without arguments the program says in a few lines what it is for", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt("");
  CHECK(done.code == 0);
  CHECK(lines_of(done.out).size() <= 24);
  CHECK_THAT(done.out, Contains("premelt run deep-linear") && Contains("premelt --help"));
  for (const std::string& command : commands) CHECK_THAT(done.out, Contains("\n  " + command));
}

TEST_CASE("help begins with examples and shows the usage with typed placeholders", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  for (const std::string& command : commands) {
    INFO(command);
    const std::string help = here.premelt("help " + command).out;
    CHECK(here.premelt(command + " --help").out == help);
    CHECK(here.premelt(command + " -h").out == help);
    CHECK(help.find("Examples:") < help.find("Usage: premelt " + command));
    CHECK(help.find("Usage: premelt " + command) < help.find("Options:"));
  }
  CHECK_THAT(here.premelt("help run").out,
             Contains("Usage: premelt run [SETTING]") && Contains("[--set KEY=VALUE]..."));
  CHECK_THAT(here.premelt("help analyze").out,
             Contains("premelt analyze FILE") && Contains("[--detrend none|linear|diff]"));
  const std::string help = here.premelt("help").out;
  CHECK(here.premelt("--help").out == help);
  CHECK_THAT(help, Contains("Exit codes:"));
}

TEST_CASE("letters stand for the options one types most, and models for settings", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  CHECK(here.premelt("-V").out == here.premelt("--version").out);
  CHECK(here.premelt("models").out == here.premelt("settings").out);
  CHECK(here.premelt("models quadratic").out == here.premelt("settings quadratic").out);
  const Outcome done = here.premelt("run quadratic --steps 50 -q -o here");
  CHECK(done.code == 0);
  CHECK(done.err.empty());
  CHECK(exists(here / "here/report.html"));
}

TEST_CASE("who calls a command wrongly is led to the help of that command", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  CHECK_THAT(here.premelt("run nosuch").err, Contains("see `premelt help run`"));
  CHECK_THAT(here.premelt("analyze").err, Contains("see `premelt help analyze`"));
  CHECK_THAT(here.premelt("models nosuch").err, Contains("see `premelt help settings`"));
  CHECK_THAT(here.premelt("swep").err, Contains("did you mean 'sweep'") && Contains("see `premelt --help`"));
  CHECK_THAT(here.premelt("help swep").err, Contains("did you mean 'sweep'"));
}

TEST_CASE("completion offers what can stand there", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  CHECK(offered(here, "''") == commands);
  CHECK(offered(here, "re") == std::vector<std::string>{"report"});
  CHECK(has(offered(here, "run d"), "deep-linear"));
  CHECK_FALSE(has(offered(here, "run d"), "grokking"));
  CHECK(has(offered(here, "run --seed 3 --s"), "--steps"));
  CHECK_FALSE(has(offered(here, "run --seed 3 --s"), "--seed"));
  CHECK(has(offered(here, "run --set a=1 --s"), "--set"));
  CHECK(offered(here, "run --dtype ''") == std::vector<std::string>{"float32", "float64"});
  CHECK(offered(here, "run deep-linear --set optim") == std::vector<std::string>{"optimiser="});
  CHECK(offered(here, "analyze ''") == std::vector<std::string>{":files"});
  CHECK(offered(here, "report ''") == std::vector<std::string>{":directories"});
  CHECK(offered(here, "run x -o ''") == std::vector<std::string>{":directories"});
  CHECK(offered(here, "completion ''") == std::vector<std::string>{"bash", "zsh", "fish"});
  CHECK(offered(here, "help wa") == std::vector<std::string>{"watch"});
  CHECK(offered(here, "--v") == std::vector<std::string>{"--version"});
  CHECK(offered(here, "settings quadratic ''").empty());
}

TEST_CASE("bash completes with the script that the program prints", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string ask = R"(source <(premelt completion bash)
compopt() { :; }  # there is no line being edited here
ask() { COMP_LINE=$1 COMP_POINT=${#1}; _premelt premelt "${1##* }"; echo "${COMPREPLY[*]}"; }
ask 'premelt ru'
ask 'premelt run --dtype '
ask 'premelt run deep-linear --set optim'
ask 'premelt analyze scr'
)";
  CHECK(shell(here, "bash", ask) == "run runs\nfloat32 float64\noptimiser=\nscript\n");
}

TEST_CASE("zsh and fish complete with the scripts that the program prints", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  if (!left_out(installed("zsh"), "zsh")) {
    const std::string ask = R"(compdef() { :; }
_describe() { local list=$2; print -l -- ${(P)list}; }
_files() { print files; }
source <(premelt completion zsh)
ask() { words=("$@"); CURRENT=$#words; _premelt; true; }
ask premelt ru
ask premelt run --dtype ''
ask premelt analyze ''
)";
    CHECK_THAT(shell(here, "zsh", ask),
               StartsWith("run:Train a setting") && Contains("\nfloat32:\nfloat64:\nfiles\n"));
  }
  if (!left_out(installed("fish"), "fish")) {
    const std::string shown = shell(here, "fish",
                                    "premelt completion fish | source\n"
                                    "complete -C 'premelt ru'\ncomplete -C 'premelt run --dtype '\n"
                                    "complete -C 'premelt analyze scr'\n");
    CHECK_THAT(shown,
               Contains("run\tTrain a setting") && Contains("float32\nfloat64\n") && Contains("script"));
  }
  CHECK(here.premelt("completion powershell").code == 2);
}

TEST_CASE("the manual page has every command and option, and groff has nothing to say against it", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string page = here.premelt("help --man").out;
  CHECK_THAT(page, StartsWith(".TH PREMELT 1"));
  for (const std::string& command : commands) {
    CHECK_THAT(page, Contains(".SS " + command + "\n"));
    for (const std::string& line : lines_of(here.premelt("help " + command).out)) {
      const std::size_t dashes = line.find("--");
      if (dashes != 6 || !line.starts_with("  ")) continue;
      std::string name = line.substr(6, line.find(' ', 6) - 6), escaped;
      for (const char c : name) escaped += c == '-' ? "\\-" : std::string(1, c);
      CHECK_THAT(page, Contains("\\fB" + escaped + "\\fR"));
    }
  }
  if (left_out(installed("groff"), "groff")) return;
  const std::string drawn =
      shell(here, "bash", "premelt help --man | groff -k -man -Tutf8 -ww -P-c | grep -c 'premelt run'");
  CHECK(std::stoi(drawn) > 3);
}
