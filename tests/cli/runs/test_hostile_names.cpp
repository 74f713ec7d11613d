/// Names of probes and blocks that mean something to CSV, JSON, HTML, gnuplot or the shell are text
/// everywhere.

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/left_out.hpp"
#include "tests/support/program.hpp"

using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

const std::vector<std::string> hostile{"a,b",
                                       "two\nlines",
                                       "say \"hi\"",
                                       "it's",
                                       "</script><script>alert(1)</script><!--",
                                       "Größe ∞ 損失",
                                       "$(touch PWNED)`touch PWNED`",
                                       "x\n!touch PWNED\n#",
                                       "\\\\ {{data}} & <b>"};

/// A cell as RFC 4180 writes it.
std::string cell(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

/// A header of these names over 12 recordings.
std::string losses(const std::vector<std::string>& names) {
  std::ostringstream csv;
  for (std::size_t i = 0; i < names.size(); ++i) csv << (i ? "," : "") << cell(names[i]);
  for (int t = 0; t < 12; ++t) {
    for (std::size_t i = 0; i < names.size(); ++i)
      csv << (i ? "," : "\n") << 1 + (t * 7 + static_cast<int>(i) * 5) % 11;
  }
  return csv.str() + "\n";
}

std::string blocks(const std::vector<std::string>& names) {
  std::string csv = "probe,block\n";
  for (const std::string& name : names) csv += cell(name) + "," + cell("of " + name) + "\n";
  return csv;
}

Json page_data(const std::string& page) {
  const std::string tag = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = page.find(tag) + tag.size();
  return Json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

}  // namespace

TEST_CASE("hostile names of probes and blocks come back from every file as they were", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("l.csv", losses(hostile));
  here.file("blocks.csv", blocks(hostile));
  const Outcome outcome = here.premelt("analyze l.csv --window 4 --blocks blocks.csv --out out --json");
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  REQUIRE(Json::parse(outcome.out)["probes"] == hostile.size());

  REQUIRE(Json::parse(here.read("out/run.json"))["probes"]["names"] == hostile);
  const std::string page = here.read("out/report.html");
  REQUIRE(page.find("alert(1)</script") == std::string::npos);
  const Json data = page_data(page);
  REQUIRE(data["cells"].size() == hostile.size());
  for (const std::string& name : hostile) {
    const bool shown = std::any_of(data["cells"].begin(), data["cells"].end(),
                                   [&](const Json& shown_cell) { return shown_cell["name"] == name; });
    INFO(name);
    REQUIRE(shown);
    REQUIRE(std::find(data["blocks"].begin(), data["blocks"].end(), "of " + name) != data["blocks"].end());
  }
  if (!left_out(std::system("gnuplot --version > /dev/null 2>&1") == 0, "gnuplot")) {
    const Outcome drawn = here.premelt("report out --figures figures");
    INFO(drawn.err);
    REQUIRE(drawn.code == 0);
  }
  for (const char* where : {"PWNED", "out/PWNED", "figures/PWNED"}) REQUIRE_FALSE(exists(here / where));
}

TEST_CASE("names that are not UTF-8 are refused by file, and nothing is made", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("latin.csv", losses({"a", "gr\xF6\xDF"}));
  here.file("l.csv", losses({"a", "b"}));
  here.file("blocks.csv", "probe,block\na,gr\xF6\xDF\nb,c\n");
  for (const std::string command : {"analyze latin.csv --window 4", "analyze latin.csv --window 4 --json",
                                    "watch latin.csv --window 4"}) {
    INFO(command);
    const Outcome outcome = here.premelt(command);
    REQUIRE(outcome.code == 3);
    REQUIRE_THAT(outcome.err, Contains("latin.csv") && Contains("is not UTF-8"));
  }
  for (const std::string command : {"analyze", "watch"}) {
    const Outcome outcome = here.premelt(command + " l.csv --window 4 --blocks blocks.csv");
    REQUIRE(outcome.code == 3);
    REQUIRE_THAT(outcome.err, Contains("blocks.csv") && Contains("is not UTF-8"));
  }
  REQUIRE_FALSE(exists(here / "runs"));
}

TEST_CASE("an analyze that fails leaves no directory behind", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("l.csv", losses({"a", "b"}));
  for (const std::string options :
       {"--window 13", "--window 4 --probes none", "--window 4 --baseline 100:200",
        "--window 4 --blocks none.csv", "--window 4 --steps-file none.npy"}) {
    INFO(options);
    const Outcome outcome = here.premelt("analyze l.csv --out out " + options);
    REQUIRE((outcome.code == 2 || outcome.code == 3));
    REQUIRE_FALSE(exists(here / "out"));
  }
}

TEST_CASE("a window of two recordings says nothing of noise, and is analysed", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("l.csv", losses({"a", "b", "c"}));
  const Outcome outcome = here.premelt("analyze l.csv --window 2 --out out");
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  REQUIRE_FALSE(Json::parse(here.read("out/run.json"))["null"].contains("noise_level"));
}

TEST_CASE("a block asked for twice counts once", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("l.csv", losses({"a", "b", "c"}));
  here.file("blocks.csv", "probe,block\na,A\nb,A\nc,B\n");
  const auto last = [&](const std::string& probes) {
    const Outcome outcome =
        here.premelt("analyze l.csv --window 4 --blocks blocks.csv --json --probes " + probes);
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    return Json::parse(outcome.out)["last"];
  };
  REQUIRE(last("A,A") == last("A"));
  REQUIRE(last("A,B --probes A") == last("A,B"));
}
