/// `premelt report` and `compare` on run directories that something has happened to: each wrong file is
/// named, with what was expected and what was found.

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "engine/io/npy.hpp"
#include "tests/support/program.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;

namespace {

/// A small run, and copies of it to be damaged.
class Runs {
 public:
  Runs() {
    const Outcome made = place_.premelt("run quadratic --steps 60 --set probes=5 --quiet --out whole");
    INFO(made.err);
    REQUIRE(made.code == 0);
  }

  fs::path copy() {
    const fs::path directory = place_ / ("run" + std::to_string(++count_));
    fs::copy(place_ / "whole", directory);
    fs::remove(directory / "report.html");
    return directory;
  }

  const Workplace& place() const { return place_; }

 private:
  Workplace place_{PREMELT_PROGRAM};
  int count_ = 0;
};

void refuse(Runs& runs, const std::string& file, const std::string& words,
            const std::function<void(const fs::path&)>& damage) {
  const fs::path directory = runs.copy();
  damage(directory);
  const Outcome outcome = runs.place().premelt("report " + directory.filename().string());
  INFO(file << ": " << words << "\n" << outcome.err);
  REQUIRE(outcome.code == 3);
  REQUIRE_THAT(outcome.err, Contains(file) && Contains(words));
  REQUIRE_FALSE(fs::exists(directory / "report.html"));
}

template <class T>
std::function<void(const fs::path&)> array(const std::string& file, const Shape& shape) {
  return [=](const fs::path& directory) { write_npy(directory / file, Tensor<T>(shape, T(1))); };
}

std::function<void(const fs::path&)> text(const std::string& file, const std::string& content) {
  return [=](const fs::path& directory) { std::ofstream(directory / file, std::ios::binary) << content; };
}

/// run.json with one change.
std::function<void(const fs::path&)> info(const std::function<void(Json&)>& change) {
  return [=](const fs::path& directory) {
    std::ifstream file(directory / "run.json");
    Json json = Json::parse(file);
    change(json);
    std::ofstream(directory / "run.json") << json.dump();
  };
}

}  // namespace

TEST_CASE("report names the file that is missing, empty or garbage", "[unit]") {
  Runs runs;
  for (const std::string file :
       {"run.json", "steps.npy", "losses.npy", "modes.npy", "signals.csv", "events.json"}) {
    refuse(runs, file, file, [&](const fs::path& directory) { fs::remove(directory / file); });
    refuse(runs, file, file, text(file, ""));
    refuse(runs, file, file, text(file, std::string("\0\xFF garbage\n", 11)));
    refuse(runs, file, file, [&](const fs::path& directory) {
      fs::remove(directory / file);
      fs::create_directory(directory / file);
    });
    refuse(runs, file, file, [&](const fs::path& directory) {
      fs::remove(directory / file);
      fs::create_symlink(file, directory / file);
    });
  }
  REQUIRE(runs.place().premelt("report none").code == 3);
}

TEST_CASE("report says which shape an array should have", "[unit]") {
  Runs runs;
  const Shape one{61}, none{0}, two{61, 5}, flipped{5, 61}, three{61, 1, 5};
  for (const Shape& shape : {two, three, Shape{61, 1}})
    refuse(runs, "steps.npy", "has shape " + to_string(shape), array<std::int64_t>("steps.npy", shape));
  refuse(runs, "steps.npy", "steps must increase", array<std::int64_t>("steps.npy", one));
  refuse(runs, "losses.npy", "holds no recordings", array<std::int64_t>("steps.npy", none));
  for (const Shape& shape : {one, flipped, three, Shape{61, 4}, Shape{61, 0}})
    refuse(runs, "losses.npy", "has shape " + to_string(shape), array<double>("losses.npy", shape));
  refuse(runs, "losses.npy", "holds no recordings", array<double>("losses.npy", Shape{0, 5}));
  for (const Shape& shape : {one, two, Shape{42, 3, 4}, Shape{42, 5, 3}})
    refuse(runs, "modes.npy", "has shape " + to_string(shape), array<double>("modes.npy", shape));
}

TEST_CASE("report says where a table is wrong", "[unit]") {
  Runs runs;
  refuse(runs, "signals.csv:1", "expected 'step'", text("signals.csv", "shc,pr\n1,2\n"));
  refuse(runs, "signals.csv:2", "expected a number, found 'x'", text("signals.csv", "step,shc\n19,x\n"));
  refuse(runs, "signals.csv:3", "ragged row", text("signals.csv", "step,shc\n19,1\n20\n"));
  refuse(runs, "signals.csv: row 1, column 'step'", "found 7, expected 19",
         text("signals.csv", "step,shc\n7,1\n"));
  refuse(runs, "signals.csv: row 2, column 'step'", "found nan",
         text("signals.csv", "step,shc\n19,1\nnan,1\n"));
  refuse(runs, "order.csv:2", "expected a number, found ''", text("order.csv", "step,a\n0,\n"));
  refuse(runs, "events.json", "events.json", text("events.json", "3"));
  refuse(runs, "events.json", "events.json", text("events.json", "[{}]"));
  refuse(runs, "events.json", "events.json",
         text("events.json", R"([{"kind":"alarm","name":1,"step":"x","why":""}])"));
}

TEST_CASE("report says what is wrong in run.json", "[unit]") {
  Runs runs;
  for (const char* key : {"title", "subtitle", "window", "alarm", "probes", "null", "events"}) {
    refuse(runs, "run.json", "run.json", info([&](Json& json) { json.erase(key); }));
    if (std::string(key) == "null") continue;  // levels that are not there are not drawn
    refuse(runs, "run.json", "run.json", info([&](Json& json) { json[key] = Json::array({Json::array()}); }));
  }
  for (const Json& window : {Json(-1), Json(0), Json(2.5), Json("20"), Json(nullptr)})
    refuse(runs, "run.json", "window", info([&](Json& json) { json["window"] = window; }));
  refuse(runs, "run.json", "blocks of probes", info([](Json& json) { json["probes"]["blocks"].erase(0); }));
  refuse(runs, "losses.npy", "as run.json names 4 probes", info([](Json& json) {
           json["probes"]["blocks"].erase(0);
           json["probes"]["names"].erase(0);
         }));
  refuse(runs, "run.json", "blocks of probes",
         info([](Json& json) { json["probes"]["blocks"] = json["probes"]["names"] = Json::array(); }));
  refuse(runs, "run.json", "run.json", text("run.json", "[]"));
  refuse(runs, "run.json", "run.json", text("run.json", std::string(100000, '[')));
}

TEST_CASE("report says what is wrong with attention patterns", "[unit]") {
  Runs runs;
  const Json names = Json::parse(R"({"heads":["h"],"probes":["p","q"],"tokens":[["a","b"],["c","d"]]})");
  const auto attention = [&](const Json& spec, const Shape& steps, const Shape& patterns) {
    return [=](const fs::path& directory) {
      info([&](Json& json) { json["attention"] = spec; })(directory);
      array<std::int64_t>("attention_steps.npy", steps)(directory);
      array<double>("attention.npy", patterns)(directory);
    };
  };
  const fs::path whole = runs.copy();
  attention(names, Shape{1}, Shape{1, 1, 2, 2, 2})(whole);
  REQUIRE(runs.place().premelt("report " + whole.filename().string()).code == 0);
  for (const Shape& shape : {Shape{1}, Shape{1, 1, 2, 2}, Shape{1, 2, 2, 2, 2}, Shape{1, 1, 2, 2, 3}})
    refuse(runs, "attention.npy", "has shape " + to_string(shape), attention(names, Shape{1}, shape));
  refuse(runs, "attention_steps.npy", "expected (frames)",
         attention(names, Shape{1, 1}, Shape{1, 1, 2, 2, 2}));
  Json ragged = names;
  ragged["tokens"][1].erase(0);
  refuse(runs, "run.json", "as many tokens each", attention(ragged, Shape{1}, Shape{1, 1, 2, 2, 2}));
  Json empty = names;
  empty["heads"] = Json::array();
  refuse(runs, "run.json", "attention: expected heads", attention(empty, Shape{1}, Shape{1, 1, 2, 2, 2}));
}

TEST_CASE("compare of a run with arrays of the wrong shape names them", "[unit]") {
  Runs runs;
  for (const auto& [file, shape] : {std::pair("steps.npy", Shape{61, 2}), {"losses.npy", Shape{61}}}) {
    const fs::path directory = runs.copy();
    if (std::string(file) == "steps.npy") {
      write_npy(directory / file, Tensor<std::int64_t>(shape, 1));
    } else {
      write_npy(directory / file, Tensor<double>(shape, 1));
    }
    const Outcome outcome =
        runs.place().premelt("compare " + directory.filename().string() + " --at 0 --draws 40");
    INFO(outcome.err);
    REQUIRE(outcome.code == 3);
    REQUIRE_THAT(outcome.err, Contains(file) && Contains("has shape " + to_string(shape)));
  }
}

TEST_CASE("a run that was cut off anywhere still has its report", "[unit]") {
  Runs runs;
  const fs::path directory = runs.copy();
  std::ofstream(directory / "signals.csv", std::ios::app) << "61,0.5";
  write_npy(directory / "steps.npy", [] {
    Tensor<std::int64_t> steps(Shape{40});
    for (std::size_t i = 0; i < 40; ++i) steps(i) = static_cast<std::int64_t>(i);
    return steps;
  }());
  const Outcome outcome = runs.place().premelt("report " + directory.filename().string());
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
}
