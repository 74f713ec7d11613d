/// Every option of every command against values that mean nothing: exit code 2, naming the option and the
/// value.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/support/program.hpp"

using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

using Texts = std::vector<std::string>;

struct Row {
  std::string command;  ///< with what it needs besides
  std::string option;
  Texts bad;  ///< besides the empty value and another option
};

const Texts no_integer{"-1",    "1.5", "5x", " 5", "5 ", "0x10", "nan", "inf", "99999999999999999999",
                       "1e300", "--5"};

Texts operator+(Texts a, const Texts& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const Texts no_factor{"1", "0", "-3", "nan", "inf", "x", "2,3"};
const Texts no_path{};
const Texts no_assignment{"seed", "=1", "seed=", "seed=1.5", "seed=-1", "steps=0", "steps=1e16"};

const std::vector<Row> table{
    {"run quadratic", "--seed", no_integer},
    {"run quadratic", "--steps", no_integer + Texts{"0", "9223372036854775807"}},
    {"run quadratic", "--dtype", {"float16", "FLOAT32"}},
    {"run quadratic", "--set", no_assignment},
    {"run quadratic", "--out", no_path},
    {"run quadratic", "--config", no_path},
    {"compare quadratic", "--at", no_integer + Texts{"1:2", "2:1:1", "0:9:0", "0:9007199254740992:1", "::"}},
    {"compare quadratic",
     "--sigma",
     {"-1", "0", "nan", "inf", "1e150", "1e-300", "0x1p-3", "0.1,", "0.1,,0.2", "x"}},
    {"compare quadratic", "--draws", no_integer + Texts{"0", "3", "1000000000000"}},
    {"compare quadratic", "--window", no_integer + Texts{"0", "1", "2"}},
    {"compare quadratic", "--sampler", {"gauss", "gaussian,", ",", "Gaussian"}},
    {"compare quadratic", "--memory", no_integer},
    {"compare quadratic", "--seed", no_integer},
    {"compare quadratic", "--set", no_assignment},
    {"compare quadratic", "--config", no_path},
    {"compare quadratic", "--out", no_path},
    {"analyze l.csv", "--steps-file", no_path},
    {"analyze l.csv", "--events", no_path},
    {"analyze l.csv", "--window", no_integer + Texts{"0", "1"}},
    {"analyze l.csv", "--modes-every", no_integer + Texts{"0"}},
    {"analyze l.csv", "--detrend", {"lin", "Linear"}},
    {"analyze l.csv", "--transform", {"exp", "LOG"}},
    {"analyze l.csv", "--blocks", no_path},
    {"analyze l.csv", "--probes", {",", "a,", "a,,b"}},
    {"analyze l.csv", "--factor", no_factor},
    {"analyze l.csv", "--hold", no_integer + Texts{"0"}},
    {"analyze l.csv", "--baseline", {"1", "2:1", "1:2:3", "a:b", ":", "0.5:3", "nan:inf"}},
    {"analyze l.csv", "--out", no_path},
    {"watch l.csv", "--window", no_integer + Texts{"0", "1", "1000000"}},
    {"watch l.csv", "--modes-every", no_integer + Texts{"0"}},
    {"watch l.csv", "--detrend", {"lin"}},
    {"watch l.csv", "--transform", {"exp"}},
    {"watch l.csv", "--blocks", no_path},
    {"watch l.csv", "--probes", {",", "a,"}},
    {"watch l.csv", "--warmup", no_integer},
    {"watch l.csv", "--on-alarm", no_path},
    {"watch l.csv", "--report", no_path},
    {"watch l.csv", "--factor", no_factor},
    {"watch l.csv", "--hold", no_integer + Texts{"0"}},
    {"watch l.csv", "--baseline", {"1", "2:1", "a:b", "0.5:3"}},
    {"sweep quadratic",
     "--seeds",
     {"1", "3..1", "-1..2", "a..b", "0..", "..", "1.5..3", "0..9007199254740992"}},
    {"sweep quadratic --seeds 0..1", "--controls", no_integer + Texts{"0", "1000000000000"}},
    {"sweep quadratic --seeds 0..1", "--window", no_integer + Texts{"0", "1", "10,", "10,x"}},
    {"sweep quadratic --seeds 0..1", "--horizon", no_integer + Texts{"0", "-5"}},
    {"sweep quadratic --seeds 0..1", "--jobs", no_integer + Texts{"0", "100000"}},
    {"sweep quadratic --seeds 0..1", "--shard", no_integer + Texts{"1", "2/2", "-1/2", "0/0", "/", "1/x"}},
    {"sweep quadratic --seeds 0..1", "--steps", no_integer + Texts{"0"}},
    {"sweep quadratic --seeds 0..1", "--set", no_assignment},
    {"sweep quadratic --seeds 0..1", "--config", no_path},
    {"sweep quadratic --seeds 0..1", "--detector", {"cat", "=cat", "a=", "shc=cat", "a b=cat"}},
    {"sweep quadratic --seeds 0..1", "--out", no_path},
    {"report runs", "--figures", no_path},
};

/// For the shell, which keeps every byte.
std::string in_quotes(const std::string& text) {
  return "'" + text + "'";
}

/// The options in a help text, those with a value or those without.
std::set<std::string> listed(const std::string& help, bool with_value) {
  std::set<std::string> names;
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) {
    if (line.substr(0, 2) != "  " || line.substr(0, 8).find("--") != 6) continue;
    const std::string name = line.substr(6, line.find(' ', 6) - 6);
    const bool has_value = line.size() > 7 + name.size() && line[7 + name.size()] != ' ';
    if (has_value == with_value) names.insert(name);
  }
  return names;
}

}  // namespace

TEST_CASE("every option of every command refuses values that mean nothing", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("l.csv", "1,2,3\n2,3,1\n");
  for (const Row& row : table) {
    for (const std::string& value : row.bad + Texts{"", "--json", "\xFF"}) {
      INFO(row.command << " " << row.option << " '" << value << "'");
      const Outcome outcome = here.premelt(row.command + " " + row.option + " " + in_quotes(value));
      REQUIRE(outcome.code == 2);
      REQUIRE(outcome.out.empty());
      if (value == "\xFF") {
        REQUIRE_THAT(outcome.err, Contains("is not UTF-8"));
        continue;
      }
      // A parameter's own option is named as the parameter, and --set by the parameter it sets.
      const std::size_t equals = row.option == "--set" ? value.find('=') : std::string::npos;
      REQUIRE_THAT(outcome.err,
                   Contains(row.option == "--set" && equals + 1 > 1 && equals > 0 ? value.substr(0, equals)
                                                                                  : row.option.substr(2)));
      const std::string part = value.substr(equals + 1);
      REQUIRE_THAT(outcome.err, Contains(part));
    }
  }
  REQUIRE_FALSE(exists(here / "runs"));
}

TEST_CASE("flags take no values but yes and no, and no option is missing in the table of bad values",
          "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  std::map<std::string, std::set<std::string>> covered;
  for (const Row& row : table) covered[row.command.substr(0, row.command.find(' '))].insert(row.option);
  for (const std::string command :
       {"settings", "run", "compare", "analyze", "watch", "sweep", "report", "runs", "completion", "help"}) {
    INFO(command);
    const std::string help = here.premelt(command + " --help").out;
    REQUIRE(listed(help, true) == covered[command]);
    for (const std::string& flag : listed(help, false)) {
      if (flag == "--help") continue;
      const Outcome outcome = here.premelt(command + " " + flag + "=maybe");
      REQUIRE(outcome.code == 2);
      REQUIRE_THAT(outcome.err, Contains(flag) && Contains("maybe"));
    }
  }
}

TEST_CASE("an option given twice, or without its value, is refused", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  for (const Row& row : table) {
    INFO(row.command << " " << row.option);
    const Outcome outcome = here.premelt(row.command + " " + row.option);
    REQUIRE(outcome.code == 2);
    REQUIRE_THAT(outcome.err, Contains(row.option));
  }
  REQUIRE(here.premelt("run quadratic --seed 1 --seed 2").code == 2);
  REQUIRE(here.premelt("run ''").code == 2);
  REQUIRE(here.premelt("analyze ''").code == 2);
}

TEST_CASE("whole numbers are exact in all 64 bits, in any spelling", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto seed_of = [&](const std::string& text) {
    const Outcome outcome =
        here.premelt("run quadratic --steps 2e1 --set every=1 --quiet --json --seed " + text);
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    const auto result = nlohmann::json::parse(outcome.out);
    REQUIRE(result["steps"] == 20);
    const auto info = nlohmann::json::parse(here.read(result["dir"].get<std::string>() + "/run.json"));
    REQUIRE(info["parameters"]["seed"] == result["seed"]);
    return result["seed"].get<std::int64_t>();
  };
  REQUIRE(seed_of("9007199254740993") == 9007199254740993);
  REQUIRE(seed_of("9223372036854775807") == 9223372036854775807);
  REQUIRE(seed_of("1e3") == 1000);
  REQUIRE(seed_of("+5") == 5);
  REQUIRE(here.premelt("run quadratic --seed 9223372036854775808").code == 2);
}

TEST_CASE("what the machine cannot hold is refused before anything is made, saying what it would need",
          "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Texts too_large{"run deep-linear --set depth=1000000000",
                        "run deep-linear --set hidden=1000000000",
                        "run deep-linear --set batch=1000000000000",
                        "run deep-linear --set probes=1000000000",
                        "run deep-linear --set inputs=1000000",
                        "run induction --set layers=1000000000",
                        "run induction --set length=1000000",
                        "run text --set width=1000000 --set heads=1",
                        "run grokking --set modulus=1000001",
                        "run misalignment --set rank=1000000000000",
                        "run misalignment --set pretraining_batch=1e12",
                        "run tanh-mlp --set rows=1e12",
                        "run tiny-lookup --set vocabulary=1e9",
                        "run quadratic --set dimensions=1e6",
                        "run pitchfork --set spectators=1e11",
                        "run pitchfork --set directions=1e12",
                        "run decay-annealed --set outputs=1e7",
                        "run schematic --set probes=1e12",
                        "run schematic --set steps=1e9 --set window=1e7",
                        "compare quadratic --set dimensions=1e6",
                        "sweep quadratic --seeds 0..1 --set dimensions=1e6"};
  for (const std::string& command : too_large) {
    INFO(command);
    const Outcome outcome = here.premelt(command);
    REQUIRE(outcome.code == 2);
    REQUIRE_THAT(outcome.err, Contains("would need") && Contains("B of memory"));
  }
  REQUIRE_FALSE(exists(here / "runs"));
  ::setenv("PREMELT_MEMORY", "100M", 1);
  const Outcome limited = here.premelt("run deep-linear --set probes=1000000");
  ::unsetenv("PREMELT_MEMORY");
  REQUIRE(limited.code == 2);
  REQUIRE_THAT(limited.err, Contains("there are 100 MB"));
}

TEST_CASE("parameters outside their range are refused by name, value and range", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::vector<Texts> wrong{
      {"tiny-lookup", "heads=3", "'heads': 3 is out of range, expected a divisor of 'width'"},
      {"induction", "width=3", "'heads': 2 is out of range"},
      {"text", "heads=5", "'heads': 5 is out of range, expected a divisor of half of"},
      {"misalignment", "heads=5", "'heads': 5 is out of range"},
      {"grokking", "fraction=1e30", "'fraction': 1e+30 is out of range"},
      {"deep-linear", "momentum=2", "'momentum': 2.0 is out of range"},
      {"deep-linear", "learning_rate=inf", "'learning_rate': inf"},
      {"deep-linear", "strengths=1,nan", "'strengths'"},
      {"deep-linear", "every=9223372036854775807", "'every': 9223372036854775807"}};
  for (const Texts& row : wrong) {
    INFO(row[0] << " " << row[1]);
    const Outcome outcome = here.premelt("run " + row[0] + " --set " + row[1]);
    REQUIRE(outcome.code == 2);
    REQUIRE_THAT(outcome.err, Contains(row[2]));
  }
}
