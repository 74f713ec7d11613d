/// `premelt watch` from outside: lines of losses in, lines of signals out.

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "engine/io/csv.hpp"
#include "engine/io/npy.hpp"
#include "tests/support/program.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

const std::string tests = PREMELT_SOURCE_DIR "/tests/";
const std::string csv = tests + "golden/analyze_small.csv";

std::vector<Json> lines(const std::string& text) {
  std::vector<Json> list;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) list.push_back(Json::parse(line));
  return list;
}

/// What `analyze` and `watch` say of the same recordings with the same options is the same to the last bit.
void check_same_numbers(const Workplace& here, const std::string& analyzed, const std::string& watched,
                        const std::string& options) {
  INFO(options);
  REQUIRE(here.premelt("analyze " + analyzed + " " + options + " --out out").code == 0);
  const Outcome done = here.premelt("watch " + watched + " " + options);
  INFO(done.err);
  REQUIRE(done.code == 0);
  const std::vector<Json> out = lines(done.out);
  const std::vector<CsvRow> rows = read_csv(here / "out/signals.csv");
  REQUIRE(rows.size() > 2);
  const std::size_t filling = out.size() - (rows.size() - 1);
  for (std::size_t i = 0; i < filling; ++i) CHECK(out[i]["shc"].is_null());
  std::size_t alarms = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const Json& object = out[filling + i - 1];
    for (std::size_t j = 0; j + 1 < rows[0].cells.size(); ++j) {
      const Json& value = object[rows[0].cells[j]];
      const std::string text = value.is_null() ? "nan" : format_number(value.get<double>());
      if (text != rows[i].cells[j]) FAIL("line " << filling + i << ", " << rows[0].cells[j] << ": " << text);
    }
    const bool alarm = rows[i].cells.back() == "1";
    CHECK(object["alarm"].is_null() != alarm);
    alarms += alarm;
  }
  Json events = Json::array();
  for (const Json& object : out) {
    if (!object["alarm"].is_null()) events.push_back(object["alarm"]);
  }
  CHECK(events == Json::parse(here.read("out/events.json")));
  CHECK(events.size() == alarms);
  std::filesystem::remove_all(here / "out");
}

/// A recorded run as JSON lines with its steps.
std::string json_lines(const std::string& losses, const std::string& order) {
  const Tensor<double> table = read_npy<double>(losses);
  const std::vector<CsvRow> steps = read_csv(order);
  std::string text;
  for (std::size_t t = 0; t < table.shape()[0]; ++t) {
    Json object{{"step", std::stoll(steps[t + 1].cells[0])}};
    object["losses"] = std::vector<double>(table.row(t).begin(), table.row(t).end());
    text += object.dump() + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("watch says what analyze says of the same losses", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  check_same_numbers(here, csv, csv, "--window 10");
  check_same_numbers(here, csv, csv, "--window 10 --detrend linear");
  check_same_numbers(here, csv, "- < " + csv, "--window 12 --detrend diff");
  check_same_numbers(here, csv, csv, "--window 10 --factor 1.5 --hold 1");
}

TEST_CASE("watch raises the alarms of analyze, on a PyTorch run", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string recorded = tests + "data/pytorch_induction_losses.npy";
  here.file("l.jsonl", json_lines(recorded, tests + "data/pytorch_induction_order.csv"));
  const std::string blocks = "--window 20 --blocks " + tests + "data/pytorch_induction_blocks.csv";
  check_same_numbers(here, "l.jsonl", "l.jsonl", blocks);
  check_same_numbers(here, "l.jsonl", "l.jsonl", blocks + " --transform log --probes structured");
  check_same_numbers(here, "l.jsonl", "l.jsonl", blocks + " --baseline 150:400 --factor 3 --hold 2");

  const Outcome done = here.premelt("watch l.jsonl " + blocks);
  const std::vector<Json> out = lines(done.out);
  REQUIRE(out.size() == 401);
  const auto alarm = std::ranges::find_if(out, [](const Json& line) { return !line["alarm"].is_null(); });
  REQUIRE(alarm != out.end());
  CHECK((*alarm)["top_mode"]["structured"].get<double>() > 0.8);
  CHECK_THAT(done.err, Contains("ALARM step") && Contains("401 recordings; alarms: 1"));
  CHECK(here.premelt("watch l.jsonl --quiet " + blocks).err.empty());
}

TEST_CASE("watch computes eigenvectors when they are due and at alarms", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("l.jsonl", json_lines(tests + "data/pytorch_induction_losses.npy",
                                  tests + "data/pytorch_induction_order.csv"));
  const std::string command =
      "watch l.jsonl --quiet --window 20 --blocks " + tests + "data/pytorch_induction_blocks.csv";
  const std::vector<Json> often = lines(here.premelt(command).out);
  const std::vector<Json> seldom = lines(here.premelt(command + " --modes-every 50").out);
  REQUIRE(often.size() == 401);
  REQUIRE(seldom.size() == 401);
  for (std::size_t t = 0; t < often.size(); ++t) {
    INFO("recording " << t);
    const bool due = t >= 19 && ((t - 19) % 50 == 0 || !often[t]["alarm"].is_null());
    CHECK(seldom[t]["top_mode"] == (due ? often[t]["top_mode"] : Json()));
    CHECK(seldom[t]["alarm"] == often[t]["alarm"]);
    CHECK(seldom[t]["pr"] == often[t]["pr"]);
  }
}

TEST_CASE("no alarm is raised before the warm-up is over", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  std::string text;
  for (int t = 0; t < 60; ++t) {
    const double drop = t < 20 ? 1e-4 * t : 0.2 * (t - 20);
    text += std::to_string(10 - drop) + "," + std::to_string(9 - 0.7 * drop) + "\n";
  }
  here.file("l.csv", text);
  CHECK_THAT(here.premelt("watch l.csv --window 5").out, Contains("\"alarm\":{"));
  CHECK_THAT(here.premelt("watch l.csv --window 5 --warmup 60").out, !Contains("\"alarm\":{"));
}

TEST_CASE("headers, steps, blank lines and mixed line ends are understood", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("l.csv", "step,first,second\r\n\r\n10,1,2\r\n  \n20,1.5,2.5\n40,1,2");
  const std::vector<Json> out = lines(here.premelt("watch l.csv --window 2").out);
  REQUIRE(out.size() == 3);
  CHECK(out[0]["step"] == 10);
  CHECK(out[2]["step"] == 40);
  CHECK(out[0]["trace"].is_null());
  CHECK(out[1]["trace"].get<double>() == Approx(0.125).epsilon(1e-12));  // two variances of (1/4)²
  CHECK(out[1]["mean_loss"] == 2.0);

  here.file("l.jsonl", "[1,2]\n{\"step\": 7, \"losses\": [1.5,2.5]}\n[1,2]\n");
  const std::vector<Json> json = lines(here.premelt("watch - --window 2 < l.jsonl").out);
  REQUIRE(json.size() == 3);
  CHECK(json[0]["step"] == 0);
  CHECK(json[2]["step"] == 8);
  CHECK(json[1]["trace"] == out[1]["trace"]);
}

TEST_CASE("a bad line is reported with its number and skipped; the stream goes on", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto skipped = [&](const std::string& text, const std::string& words) {
    here.file("l", text);
    const Outcome outcome = here.premelt("watch l --window 2");
    INFO(text);
    CHECK(outcome.code == 0);
    CHECK(lines(outcome.out).size() == 2);
    CHECK_THAT(outcome.err, Contains(words));
    CHECK_THAT(outcome.err, Contains("the line is skipped") && Contains("lines skipped: 1"));
  };
  skipped("1,2\n3\n3,4\n", "l:2: ragged row: 1 cells, but the first row has 2");
  skipped("a,b\n\n1,2,3\n1,2\n3,4\n", "l:3: ragged row: 3 cells, but the first row has 2");
  skipped("1,2\n3,x\n3,4\n", "l:2: column 2: expected a number, found 'x'");
  skipped("1,2\n[1,\n3,4\n", "l:2: expected an array of numbers");
  skipped("[1,\"a\"]\n[1,2]\n[3,4]\n", "l:1: expected an array of numbers");
  skipped("{\"loss\":[1]}\n[1,2]\n[3,4]\n", "l:1: expected an array of numbers");
  skipped("step,a\n2,1\n1,1\n3,1\n", "l:3: steps have to increase: 1 follows 2");
  skipped("step,a\n0.5,1\n1,1\n2,1\n", "l:2: expected a whole step number");
}

TEST_CASE("a watch that never fills its window, or cannot begin, ends with exit code 3", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const auto refused = [&](const std::string& arguments, const std::string& words) {
    const Outcome outcome = here.premelt("watch " + arguments);
    INFO(arguments);
    CHECK(outcome.code == 3);
    CHECK_THAT(outcome.err, Contains(words));
  };
  here.file("empty", "");
  here.file("one", "1,2\n");
  refused("empty --window 2", "the input ended after 0 recordings");
  refused("one --window 2", "the input ended after 1 recordings, before the window of 2 was full");
  refused("one --window 2 --blocks none.csv", "none.csv");
  refused("none.csv", "none.csv");
  refused(tests + "data/pytorch_induction_losses.npy", "analyze");
  refused("/dev/zero", "/dev/zero:1: no line end within 16000000 bytes");
  here.file("zero.csv", "1,2\n0,1\n1,1\n");
  refused("zero.csv --window 3 --transform log", "zero.csv:2: channel 'log' takes logarithms");
  CHECK(here.premelt("watch zero.csv --window 1").code == 2);
  CHECK(here.premelt("watch zero.csv --window 2 --probes none").code == 2);
}

TEST_CASE("a loss that is not finite is training that diverged, after what came before", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  for (const std::string bad : {"5,nan\n", "5,1e80\n", "[5,NaN]\n", "[5,-Infinity]\n", "[5,null]\n"}) {
    here.file("l", "1.5,2\n3,4\n" + bad + "1,2\n");
    const Outcome outcome = here.premelt("watch l --window 2");
    INFO(bad);
    CHECK(outcome.code == 4);
    CHECK(lines(outcome.out).size() == 2);
    CHECK_THAT(outcome.err, Contains("l:3: training diverged at step 2: the loss of probe '1'"));
  }
}

TEST_CASE("each line is answered at once, and an interrupt ends the watch in good order", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(mkfifo((here / "pipe").c_str(), 0600) == 0);
  const auto watching = here.start("watch pipe --window 2 > out 2> err");
  std::ofstream pipe(here / "pipe");
  pipe << "1,2\n1.5,2.5\n" << std::flush;
  const auto answered = [&] { return lines(here.read("out")).size() == 2; };
  for (int wait = 0; wait < 1000 && !answered(); ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(answered());
  watching->send(SIGINT);  // while it waits for the next line
  CHECK(watching->wait() == 0);
  CHECK_THAT(here.read("err"), Contains("watched  2 recordings"));
}

TEST_CASE("an alarm says its threshold and by how much it is exceeded, in analyze and watch alike",
          "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string file = tests + "data/pytorch_induction_losses.npy";
  here.file("l.jsonl", json_lines(file, tests + "data/pytorch_induction_order.csv"));
  const Outcome analyzed = here.premelt("analyze " + file + " --window 20");
  const Outcome watched = here.premelt("watch l.jsonl --window 20 2>&1 >signals");
  const std::vector<Json> out = lines(here.read("signals"));
  const auto at = std::ranges::find_if(out, [](const Json& line) { return !line["alarm"].is_null(); });
  REQUIRE(at != out.end());
  const Json& alarm = (*at)["alarm"];
  const double margin = alarm["value"].get<double>() / alarm["threshold"].get<double>();
  REQUIRE(margin > 1);
  for (const std::string& text : {analyzed.out, watched.out}) {
    const std::string words = "exceeded by a factor of ";
    REQUIRE_THAT(text, Contains("threshold ") && Contains(words));
    CHECK(std::stod(text.substr(text.find(words) + words.size())) == Approx(margin).epsilon(0.01));
  }
}

TEST_CASE("watch takes its threshold from the baseline when that is over, and says so", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome done = here.premelt("watch " + csv + " --window 10 --baseline 0:20 > signals");
  REQUIRE(done.code == 0);
  CHECK_THAT(done.err, Contains("baseline  is over; threshold "));
  const Outcome short_one = here.premelt("watch " + csv + " --window 10 --baseline 0:5 > signals");
  CHECK(short_one.code == 3);
  CHECK_THAT(short_one.err, Contains("--baseline 0:5 holds") && Contains("window of 10"));
}
