/// `premelt compare`, as its users meet it.

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/cli/report/page_script.hpp"
#include "tests/support/program.hpp"

using namespace premelt::test;
using nlohmann::json;

namespace {

const std::string quick = "--set probes=12 --set hidden=4 --draws 400 ";

json compare(const Workplace& place, const std::string& arguments) {
  const Outcome outcome = place.premelt("compare " + arguments + " --json");
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  return json::parse(outcome.out);
}

/// What a measure is at most: itself, or its bound where it does not stand out from noise.
double upper(const json& numbers, const std::string& name) {
  const bool bounded = numbers.contains(name + "_below");
  return numbers[bounded ? name + "_below" : name].get<double>();
}

}  // namespace

TEST_CASE("compare: the contract's JSON, at steps and ranges of steps", "[unit]") {
  const Workplace place(PREMELT_PROGRAM);
  const json result = compare(place,
                              "tanh-mlp --at 0 --at 20:40:10 --sigma 0.01,0.001 --window 10 --out there "
                              "--set probes=12 --set hidden=4 --draws 8000");
  CHECK(result["dir"] == "there");
  REQUIRE(result["steps"].size() == 4);
  CHECK(result["steps"][0]["dynamical"]["error"].is_null());  // no window is full yet
  for (std::size_t k = 0; k < 4; ++k) {
    const json& step = result["steps"][k];
    CHECK(step["step"] == (k == 0 ? 0 : 10 + 10 * k));
    REQUIRE(step["sigma"].size() == 2);
    const json &narrow = step["sigma"][0], &wide = step["sigma"][1];
    CHECK(narrow["sigma"] == 0.001);
    CHECK(narrow["draws"] == 8000);
    CHECK(wide["error_order1"].get<double>() ==
          Approx(100 * narrow["error_order1"].get<double>()).epsilon(0.05));
    for (const char* name : {"error_order1", "mc_error", "shc", "pr", "shc_linear", "pr_linear"}) {
      CHECK(wide[name].get<double>() > 0);
    }
    CHECK(wide["error_order2"].get<double>() < wide["error_order1"].get<double>());
    CHECK(step["slopes"]["order1"].get<double>() == Approx(2).margin(0.05));
    CHECK(step["slopes"]["draws"] == "shared by all sigma");
    CHECK(wide["top_overlap"].get<double>() > 0.99);
    CHECK(wide["shc"].get<double>() == Approx(wide["shc_linear"].get<double>()).epsilon(0.05));
    CHECK(step["dynamical"]["window"] == 10);
    if (k == 0) continue;
    CHECK(step["dynamical"]["error"].get<double>() < 0.3);
    CHECK(step["dynamical"]["pr"].get<double>() >= 1);
    CHECK(step["dynamical"]["shc"].get<double>() > 0);
  }
  CHECK(place.read("there/compare.html").find("The matrices at step") != std::string::npos);
  CHECK(json::parse(place.read("there/compare.json"))["course"].size() >= 40);
}

TEST_CASE("compare: all samplers, each number with its error bar", "[unit]") {
  const Workplace place(PREMELT_PROGRAM);
  const std::string command =
      "tanh-mlp --at 30 --sigma 0.01 --window 10 --sampler gaussian,dynamical --sampler replica "
      "--sampler sgld --out there " +
      quick;
  const json result = compare(place, command);
  const json& step = result["steps"][0];
  for (const char* row : {"dynamical", "replica", "sgld"}) {
    INFO(row);
    for (const char* name : {"error", "shc", "pr", "shc_ratio", "pr_ratio", "top_overlap"}) {
      INFO(name);
      CHECK(step[row][name].get<double>() >= 0);
      CHECK(step[row][std::string(name) + "_error"].get<double>() >= 0);
    }
    CHECK(step[row]["mc_error"].get<double>() > 0);
    CHECK(step[row]["angles"].size() == 3);
    CHECK(step[row]["angles_error"].size() == 3);
  }
  CHECK(step["sigma"][0]["error_order1_error"].get<double>() > 0);
  CHECK(upper(step["sigma"][0], "error_order2") > 0);
  CHECK(step["replica"]["pr"].get<double>() >= 1);
  CHECK(step["sgld"]["effective_draws"].get<double>() > 10);
  CHECK(step["sgld"]["acceptance"].get<double>() > 0.5);
  CHECK(step["sgld"]["samples"] == 1960);
  CHECK(step["sgld"]["beta"].get<double>() == Approx(1 / std::log(1960)));
  CHECK(step["sgld"]["batch"] == 32);
  CHECK(step["sgld"]["gradient_noise"].get<double>() > 0);

  const json page = json::parse(place.read("there/compare.json"));
  CHECK(page["blocks"].size() == 3);
  CHECK(page["block_sizes"].size() == 3);
  const json& pictures = page["steps"][0]["pictures"];
  CHECK(pictures.size() == 8);  // four covariances, their linear models but sgld's, and the second order
  for (const json& picture : pictures) {
    double energy = 0, top = 0, couplings = 0;
    for (const json& share : picture["energy"]) energy += share.get<double>();
    for (const json& share : picture["top_share"]) top += share.get<double>();
    for (const json& share : picture["couplings"]) couplings += share.get<double>();
    CHECK(energy == Approx(1));
    CHECK(top == Approx(1));
    CHECK(couplings == Approx(1));
    CHECK(picture["within"].get<double>() <= 1);
  }

  const Outcome text = place.premelt("compare " + command);
  CHECK(text.out.find(" ± ") != std::string::npos);
  for (const char* word : {"class0", "class1", "class2", "principal angles", "energy by block", "replica",
                           "dynamical", "sgld: llc", "batches of 32", "of C itself"}) {
    INFO(word);
    CHECK(text.out.find(word) != std::string::npos);
  }
}

TEST_CASE("compare: before a window is full only the Gaussian speaks, and the table says so", "[unit]") {
  const Workplace place(PREMELT_PROGRAM);
  const Outcome outcome = place.premelt("compare tanh-mlp --at 5 --sigma 0.01 --window 10 " + quick);
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("no window of 10 recordings is full yet") != std::string::npos);
  CHECK(outcome.out.find("nan") == std::string::npos);
}

TEST_CASE("compare: every setting with parameters", "[unit]") {
  const Workplace place(PREMELT_PROGRAM);
  const auto first_sigma = [&](const std::string& command, const char* name) {
    return compare(place, command)["steps"][0]["sigma"][0][name].get<double>();
  };
  CHECK(first_sigma("quadratic --at 30 --sigma 1 --window 10 --draws 4000 --set dimensions=8",
                    "error_order2_below") < 0.3);  // exact: there is nothing but noise
  CHECK(first_sigma("tiny-lookup --at 0 --sigma 0.001 --draws 100 --set width=4 --set probes=6",
                    "error_order1") < 0.01);
  CHECK(first_sigma("decay-annealed --at 0 --sigma 0.0001 --draws 100 --set probes=6", "pr") >= 1);
  CHECK(
      first_sigma("grokking --at 0 --sigma 0.0001 --draws 100 --set modulus=5 --set hidden=4 --set probes=8",
                  "error_order1") < 0.01);
  CHECK(first_sigma("induction --at 0 --sigma 0.0001 --draws 100 --set length=8 --set vocabulary=4 "
                    "--set width=4",
                    "error_order1") < 0.01);
}

TEST_CASE("compare: a stored run is replayed to the same bits; steps it does not hold are refused",
          "[unit]") {
  const Workplace place(PREMELT_PROGRAM);
  REQUIRE(place.premelt("run tanh-mlp --steps 60 --seed 7 --out stored --quiet --set every=2 --set window=10")
              .code == 0);
  const json result = compare(place, "stored --at 0:60:30 --sigma 0.01 --draws 100");
  CHECK(result["steps"].size() == 3);
  CHECK(result["steps"][2]["dynamical"]["window"] == 10);
  CHECK(result == [&] {
    json again =
        compare(place,
                "tanh-mlp --at 0:60:30 --sigma 0.01 --draws 100 --seed 7 --set steps=60 --set every=2 "
                "--window 10");
    again["dir"] = result["dir"];
    return again;
  }());
  const Outcome outside = place.premelt("compare stored --at 61");
  CHECK(outside.code == 2);
  CHECK(outside.err.find("0 to 60") != std::string::npos);

  // From a checkpoint on, the last recording is the one that was stored.
  REQUIRE(
      place.premelt("run deep-linear --steps 300 --out long --quiet --set window=4 --set hidden=4").code ==
      0);
  CHECK(
      compare(place, "long --at 290 --sigma 0.01 --draws 100")["steps"][0] ==
      compare(
          place,
          "deep-linear --at 290 --sigma 0.01 --draws 100 --set steps=300 --window 4 --set hidden=4")["steps"]
                                                                                                    [0]);
  CHECK(place.premelt("compare long --at 10 --set hidden=3").code == 2);

  std::string info = place.read("stored/run.json");
  info.replace(info.find("\"learning_rate\": 0.1"), 20, "\"learning_rate\": 0.2");
  place.file("stored/run.json", info);
  const Outcome changed = place.premelt("compare stored --at 30 --draws 100");
  CHECK(changed.code == 3);
  CHECK(changed.err.find("differs") != std::string::npos);
}

TEST_CASE("compare: without memory for G it goes on with the Gram matrix and says so", "[unit]") {
  const Workplace place(PREMELT_PROGRAM);
  const Outcome outcome = place.premelt(
      "compare deep-linear --at 10 --sigma 0.001 --window 5 --draws 400 --memory 0 --out small");
  CHECK(outcome.code == 0);
  CHECK(outcome.err.find("without it") != std::string::npos);
  const json result = compare(place, "deep-linear --at 10 --sigma 0.001 --window 5 --draws 400 --memory 0");
  const json& gaussian = result["steps"][0]["sigma"][0];
  CHECK(gaussian["error_order2"].is_null());
  CHECK(gaussian["shc_linear"].get<double>() ==
        Approx(compare(place, "deep-linear --at 10 --sigma 0.001 --window 5 --draws 400")["steps"][0]["sigma"]
                                                                                         [0]["shc_linear"]
                                                                                             .get<double>()));
  CHECK(result["steps"][0]["dynamical"]["error"].is_null());
  CHECK(result["steps"][0]["dynamical"]["shc"].get<double>() > 0);
}

TEST_CASE("compare: wrong input is named, with exit code 2", "[unit]") {
  const Workplace place(PREMELT_PROGRAM);
  const std::vector<std::pair<std::string, std::string>> cases{
      {"compare deep-linear --sigma 0 --at 0", "--sigma"},
      {"compare deep-linear --sigma -0.1 --at 0", "--sigma"},
      {"compare deep-linear --draws 1 --at 0", "from 4 to"},
      {"compare deep-linear --at 4000", "0 to 3300"},
      {"compare deep-linear --at -1", "--at"},
      {"compare deep-linear --at 10:0:5", "--at"},
      {"compare deep-linear --at 0:10:0", "--at"},
      {"compare deep-linear --at 0 --set probes=1", "at least 2 probes"},
      {"compare deep-linear --at 0 --sampler gausian", "sampler"},
      {"compare schematic --at 0", "no parameters"},
      {"compare deep-liner --at 0", "deep-linear"},
      {"compare", "setting"},
  };
  for (const auto& [command, word] : cases) {
    const Outcome outcome = place.premelt(command);
    INFO(command << ": " << outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.err.find(word) != std::string::npos);
    CHECK(outcome.out.empty());
  }
  CHECK(place.premelt("compare .").code == 3);  // a directory, but not of a run
}

TEST_CASE("compare: a covariance in which nothing moves makes no statement", "[unit]") {
  const Workplace place(PREMELT_PROGRAM);
  for (const char* still :
       {"quadratic --at 0 --sampler replica --draws 200",  // no noise: all replicas are one
        "tanh-mlp --at 30 --window 3 --sampler dynamical --set learning_rate=0 --draws 200"}) {
    INFO(still);
    const json result = compare(place, still);
    const json& step = result["steps"][0];
    const json& row = step.contains("replica") ? step["replica"] : step["dynamical"];
    CHECK(row["pr"].is_null());
    CHECK(row["top_overlap"].is_null());
  }
}

TEST_CASE("compare: the page reads only keys that the program writes, and all of them", "[unit]") {
  const Workplace place(PREMELT_PROGRAM);
  const json result =
      compare(place,
              "tanh-mlp --at 30 --sigma 0.01,0.03,0.1 --window 10 --sampler gaussian,dynamical "
              "--set probes=12 --set hidden=4 --draws 20000 --out there");
  const json page = json::parse(place.read("there/compare.json"));
  const json& step = page["steps"][0];
  CHECK(step["slopes"] == result["steps"][0]["slopes"]);
  CHECK(step["slopes"]["order1"].get<double>() > 0);

  std::set<std::string> of_page = keys_read("compare", "compared");
  for (const std::string& key : of_page) {
    INFO("the page reads " << key);
    CHECK(page.contains(key));
  }
  of_page.insert({"kind", "title"});  // for machines; the frame of the page
  for (const auto& [key, value] : page.items()) {
    INFO("nobody reads " << key);
    CHECK(of_page.contains(key));
  }
  const std::pair<std::string, json> entries[] = {{"step", step},
                                                  {"picture", step["pictures"][0]},
                                                  {"w", step["windows"][0]},
                                                  {"glance", page["course"][0]}};
  for (const auto& [variable, entry] : entries) {
    const std::set<std::string> read = keys_read("compare", variable);
    CHECK_FALSE(read.empty());
    for (const std::string& key : read) {
      INFO("the page reads " << variable << "." << key);
      CHECK(entry.contains(key));
    }
  }
}
