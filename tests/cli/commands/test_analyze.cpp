/// `premelt analyze` from outside: losses recorded by PyTorch, NumPy's numbers, and bad files.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/io/csv.hpp"
#include "engine/io/npy.hpp"
#include "tests/support/program.hpp"
#include "tests/support/worst.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

const std::string tests = PREMELT_SOURCE_DIR "/tests/";

std::vector<Json> alarms(const Json& events) {
  std::vector<Json> list;
  std::ranges::copy_if(events, std::back_inserter(list), [](const Json& e) { return e["kind"] == "alarm"; });
  return list;
}

/// Σ v_1i² over the first half of the probes, in one row of modes.npy.
double mass_of_first_half(const Tensor<double>& modes, std::size_t row) {
  double mass = 0;
  const std::size_t n = modes.shape()[2];
  for (std::size_t i = 0; i < n / 2; ++i) mass += modes(row, 0, i) * modes(row, 0, i);
  return mass;
}

}  // namespace

TEST_CASE("a PyTorch run's induction transition is seen coming, on the structured probes", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt("analyze " + tests + "data/pytorch_induction_losses.npy --steps-file " +
                                    tests + "data/pytorch_induction_order.csv --blocks " + tests +
                                    "data/pytorch_induction_blocks.csv --window 20 --out out --json");
  INFO(done.err);
  REQUIRE(done.code == 0);
  const Json result = Json::parse(done.out);
  CHECK(result["recordings"] == 401);
  CHECK(result["probes"] == 64);
  CHECK(result["window"] == 20);

  // The induction score passes half of its last value at step 895.
  const auto found = alarms(result["events"]);
  REQUIRE(found.size() == 1);
  const std::int64_t alarm = found[0]["step"];
  CHECK((alarm >= 700 && alarm < 895));
  // Structured probes fill more than four fifths of the top eigenvector at the alarm (half of it by chance).
  const auto row = static_cast<std::size_t>(alarm / 5 - 19);
  CHECK(mass_of_first_half(read_npy<double>(here / "out/modes.npy"), row) > 0.8);
}

TEST_CASE("a PyTorch run's grokking is seen coming in the log losses of the test probes", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done =
      here.premelt("analyze " + tests + "data/pytorch_grokking_losses.npy --steps-file " + tests +
                   "data/pytorch_grokking_order.csv --blocks " + tests +
                   "data/pytorch_grokking_blocks.csv --window 20 --transform log --probes test --json");
  INFO(done.err);
  REQUIRE(done.code == 0);
  const Json result = Json::parse(done.out);
  const auto found = alarms(result["events"]);
  REQUIRE(found.size() == 1);
  CHECK(found[0]["name"] == "shc_log_test");
  CHECK(found[0]["step"] < 760);  // test accuracy passes 10 %
  CHECK(result["last"].contains("pr_log_test"));
}

TEST_CASE("analyze agrees with NumPy, for windows shorter and longer than the number of probes", "[golden]") {
  const Workplace here(PREMELT_PROGRAM);
  std::ifstream file(tests + "golden/analyze_reference.json");
  const Json reference = Json::parse(file);
  int compared = 0;
  for (const Json& test_case : reference["cases"]) {
    const std::string out = "out" + std::to_string(compared);
    const Outcome done =
        here.premelt("analyze " + tests + test_case["file"].get<std::string>() + " --window " +
                     std::to_string(test_case["window"].get<int>()) + " --out " + out);
    INFO(done.err);
    REQUIRE(done.code == 0);
    const auto rows = read_csv(here / (out + "/signals.csv"));
    for (const Json& expected : test_case["rows"]) {
      const CsvRow& row = rows.at(expected[0].get<std::size_t>() + 1);
      for (std::size_t j = 1; j < expected.size(); ++j) {
        const std::string column = reference["columns"][j];
        const auto at =
            static_cast<std::size_t>(std::ranges::find(rows[0].cells, column) - rows[0].cells.begin());
        CHECK(*parse_number(row.cells.at(at)) == Approx(expected[j].get<double>()).epsilon(1e-9));
        ++compared;
      }
    }
  }
  CHECK(compared > 250);
}

TEST_CASE("the same losses as CSV and as .npy give the same signals", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string csv = tests + "golden/analyze_small.csv";
  const auto rows = read_csv(csv);
  Tensor<double> losses(Shape{rows.size() - 1, 7});
  for (std::size_t i = 1; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < 7; ++j) losses(i - 1, j) = *parse_number(rows[i].cells[j]);
  }
  write_npy(here / "c.npy", losses);
  REQUIRE(here.premelt("analyze " + csv + " --window 10 --out csv").code == 0);
  REQUIRE(here.premelt("analyze c.npy --window 10 --out npy").code == 0);
  CHECK(here.read("csv/signals.csv") == here.read("npy/signals.csv"));
}

TEST_CASE("a baseline fixes the alarm's reference and the noise level", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt("run schematic --quiet").code == 0);
  const std::string file = "analyze runs/schematic-seed1/losses.npy --json ";
  const Json result = Json::parse(here.premelt(file + "--baseline 0:120").out);
  const Json info = Json::parse(here.read(result["dir"].get<std::string>() + "/run.json"));
  CHECK(info["null"]["noise_level"].get<double>() == Approx(0.05).epsilon(0.05));
  const auto rows = read_csv(here / (result["dir"].get<std::string>() + "/signals.csv"));
  double largest = 0;
  for (std::size_t i = 1; i < rows.size() && std::stoi(rows[i].cells[0]) <= 120; ++i)
    largest = worse_of(largest, std::stod(rows[i].cells[1]));
  CHECK(info["alarm"]["threshold"].get<double>() == Approx(10 * largest));
  REQUIRE(alarms(result["events"]).size() == 1);
  CHECK(alarms(result["events"])[0]["step"] < 200);
  CHECK(here.premelt(file + "--baseline 0:20").code == 3);
}

TEST_CASE("eigenvectors at every k-th window change nothing else, and a window between shows the last",
          "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command = "analyze " + tests + "data/pytorch_induction_losses.npy --window 20 --blocks " +
                              tests + "data/pytorch_induction_blocks.csv ";
  const Outcome often = here.premelt(command + "--out often"),
                seldom = here.premelt(command + "--modes-every 50 --out seldom");
  REQUIRE(often.code == 0);
  REQUIRE(seldom.code == 0);
  CHECK(here.read("often/events.json") == here.read("seldom/events.json"));
  CHECK(Json::parse(here.read("seldom/run.json"))["modes_every"] == 50);
  const auto all = read_npy<double>(here / "often/modes.npy");
  const auto some = read_npy<double>(here / "seldom/modes.npy");
  REQUIRE(all.shape() == some.shape());
  std::size_t computed = 0;
  for (std::size_t row = 0; row < all.shape()[0]; ++row) {
    if (std::isnan(some(row, 0, 0))) continue;
    ++computed;
    for (std::size_t i = 0; i < all.shape()[2]; ++i) REQUIRE(some(row, 0, i) == all(row, 0, i));
  }
  // 382 windows, of which the 1st, the 51st, ... were due, and every alarm asks.
  const std::size_t events = Json::parse(here.read("often/events.json")).size();
  REQUIRE(events > 0);
  CHECK(computed == (all.shape()[0] + 49) / 50 + events);
  // What it says of the alarm is the same; of the last window, the shares are those of the 351st.
  CHECK(seldom.out.substr(0, seldom.out.find("highest SHC")) ==
        often.out.substr(0, often.out.find("highest SHC")));
  const std::string line = seldom.out.substr(seldom.out.find("last window"));
  const std::size_t share = line.find("  structured ") + 13;
  REQUIRE(share < line.size());
  CHECK(std::stod(line.substr(share)) > 0);
}

TEST_CASE("bad loss files end with exit code 3 and say what is wrong", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto refused = [&](const std::string& arguments, const std::string& text) {
    const Outcome outcome = here.premelt("analyze " + arguments);
    INFO(arguments);
    CHECK(outcome.code == 3);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Contains(text));
  };
  refused("none.npy", "none.npy: cannot be read");
  refused(".", "is a directory");
  refused(here.file("a.csv", "1,2\n3,x\n"), "a.csv:2: column 2");
  refused(here.file("b.csv", "1,2\n3\n"), "b.csv:2: ragged");
  refused(here.file("c.csv", "1,2\n3,nan\n"), "row 2, step 1, probe '1'");
  refused(here.file("d.csv", "1,inf\n3,4\n"), "inf");
  refused(here.file("e.csv", ""), "is empty");
  refused(here.file("f.csv", "1,2\n3,4\n5,6\n"), "fewer than the window of 40");
  refused(here.file("g.npy", "not numpy"), "is not a .npy file");
  write_npy(here / "whole.npy", Tensor<double>(Shape{50, 2}, 1.0));
  refused(here.file("h.npy", here.read("whole.npy").substr(0, 500)), "truncated");
  std::string complex = here.read("whole.npy");
  complex.replace(complex.find("<f8"), 3, "<c8");
  refused(here.file("i.npy", complex), "elements of type '<c8'");
  refused("whole.npy --steps-file a.csv", "a.csv");
  here.file("blocks.csv", "probe,block\n0,a\n");
  refused("whole.npy --blocks blocks.csv", "probe '1' has no block");
  write_npy(here / "zero.npy", Tensor<double>(Shape{50, 2}, 0.0));
  refused("zero.npy --transform log", "row 1, probe '0': the loss is 0, but --transform log needs positive");
  CHECK_FALSE(std::filesystem::exists(here / "runs"));  // nothing was begun
}

TEST_CASE("constant losses give a zero heat capacity and an undefined participation ratio", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  write_npy(here / "constant.npy", Tensor<double>(Shape{60, 3}, 1.5));
  const Outcome done = here.premelt("analyze constant.npy --json");
  REQUIRE(done.code == 0);
  const Json last = Json::parse(done.out)["last"];
  CHECK(last["shc"] == 0.0);
  CHECK(last["pr"].is_null());
}

TEST_CASE("an unknown block is a usage error", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  write_npy(here / "l.npy", Tensor<double>(Shape{60, 3}, 1.5));
  CHECK(here.premelt("analyze l.npy --probes tset").code == 2);
}

TEST_CASE("losses that come through a pipe give what those of a file give", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string csv = tests + "golden/analyze_small.csv",
                    npy = tests + "data/pytorch_induction_losses.npy";
  for (const std::string& file : {csv, npy}) {
    INFO(file);
    REQUIRE(here.premelt("analyze " + file + " --window 20 --out file").code == 0);
    const Outcome piped = here.premelt("analyze - --window 20 --out pipe <" + file);
    INFO(piped.err);
    REQUIRE(piped.code == 0);
    CHECK(here.read("pipe/signals.csv") == here.read("file/signals.csv"));
    CHECK(here.read("pipe/losses.npy") == here.read("file/losses.npy"));
    fs::remove_all(here / "file");
    fs::remove_all(here / "pipe");
  }
  REQUIRE(here.premelt("analyze - --window 20 <" + csv).code == 0);
  CHECK(fs::exists(here / "runs/analyze-stdin/report.html"));
  const Outcome empty = here.premelt("analyze - </dev/null");
  CHECK(empty.code == 3);
  CHECK_THAT(empty.err, Contains("stdin: holds no losses"));
}

TEST_CASE("known events get their alarms and leads, and the other alarms are false", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command = "analyze " + tests + "data/pytorch_induction_losses.npy --steps-file " + tests +
                              "data/pytorch_induction_order.csv --window 10 --detrend linear";
  const Outcome plain = here.premelt(command + " --json --out plain");
  REQUIRE(plain.code == 0);
  std::vector<std::int64_t> steps;
  for (const Json& alarm : alarms(Json::parse(plain.out)["events"])) steps.push_back(alarm["step"]);
  REQUIRE(steps.size() == 3);
  const std::int64_t second = steps[1] + 5, none = steps[1] + 10;
  here.file("events.csv", "step,name\n" + std::to_string(none) + ",unseen\n" + std::to_string(second) +
                              ",\"seen, in time\"\n");
  const Outcome done = here.premelt(command + " --events events.csv --json --out known");
  INFO(done.err);
  REQUIRE(done.code == 0);
  const Json result = Json::parse(done.out);
  CHECK(result["leads"] == Json::parse(R"([
    {"name": "seen, in time", "step": )" +
                                       std::to_string(second) + R"(, "alarm": )" + std::to_string(steps[1]) +
                                       R"(, "lead": 5},
    {"name": "unseen", "step": )" + std::to_string(none) +
                                       R"(, "alarm": null, "lead": null}])"));
  CHECK(result["false_alarms"] == Json(std::vector<std::int64_t>{steps[0], steps[2]}));
  CHECK_THAT(here.read("known/report.html"), Contains("seen, in time"));
  const Outcome text = here.premelt(command + " --events events.csv");
  CHECK_THAT(text.out, Contains("unseen") && Contains("false alarms: 2 (at step " + std::to_string(steps[0]) +
                                                      ", " + std::to_string(steps[2]) + ")"));
}

TEST_CASE("events that are not in the recordings are refused, with their line", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto refused = [&](const std::string& content, const std::string& words) {
    here.file("events.csv", content);
    const Outcome done =
        here.premelt("analyze " + tests + "golden/analyze_small.csv --window 10 --events events.csv");
    INFO(content);
    CHECK(done.code == 3);
    CHECK_THAT(done.err, Contains(words));
  };
  refused("step,name\n", "names no event");
  refused("step,name\n5,a\n1234,b\n", "events.csv:3: step 1234 is not between");
  refused("5,a\n6,a\n", "events.csv:2: the event 'a' is named twice");
  refused("5.5,a\n", "events.csv:1: expected a whole step number");
  refused("5,\n", "events.csv:1: column 2: expected a name");
  refused("x,a\n", "events.csv:1: column 1: expected a number");
  refused("5,a,b\n", "expected two columns, step,name");
  CHECK_FALSE(fs::exists(here / "runs"));
}
