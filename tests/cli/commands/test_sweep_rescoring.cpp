/// Runs of a sweep that another build of the program scores.

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/tensor/hash.hpp"
#include "tests/support/program.hpp"

using Catch::Matchers::Contains;
using nlohmann::json;
using namespace premelt::test;

namespace {

/// As if another build had trained this run.
json of_another_build(json file) {
  file["run"]["making"]["build"]["id"] = "0123456789abcdef";
  file["checksum"] = premelt::hexadecimal(premelt::fnv1a(file["run"].dump()));
  return file;
}

}  // namespace

TEST_CASE("collect scores runs of another build, names both, and still refuses a mixture", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command =
      "sweep schematic --seeds 200..202 --controls 3 --window 20 --no-whitening --quiet --out s";
  REQUIRE(here.premelt(command).code == 0);
  const json own = json::parse(here.read("s/sweep.json"));
  CHECK_FALSE(own.contains("scored_by"));

  std::string name;
  for (const auto& entry : std::filesystem::directory_iterator(here / "s/runs")) {
    name = "s/runs/" + entry.path().filename().string();
    here.file(name, of_another_build(json::parse(here.read(name))).dump() + "\n");
  }
  json making = json::parse(here.read("s/making.json"));
  making["build"]["id"] = "0123456789abcdef";
  here.file("s/making.json", making.dump());
  CHECK(here.premelt(command).code == 2);  // it may not train on

  REQUIRE(here.premelt(command + " --collect").code == 0);
  json other = json::parse(here.read("s/sweep.json"));
  CHECK(other.at("making").at("build").at("id") == "0123456789abcdef");
  CHECK(other.at("scored_by") == own.at("making").at("build"));
  other.erase("scored_by");
  other["making"] = own.at("making");
  CHECK(other == own);

  json file = json::parse(here.read(name));
  file["run"]["making"]["build"] = own.at("making").at("build");
  file["checksum"] = premelt::hexadecimal(premelt::fnv1a(file["run"].dump()));
  here.file(name, file.dump() + "\n");
  const Outcome mixed = here.premelt(command + " --collect");
  CHECK(mixed.code == 3);
  CHECK_THAT(mixed.err, Contains("another value of 'build/id'"));
}
