/// Sweeps that are cut into parts, killed and continued: nothing of it may show in the scores.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/cli/commands/small_sweep.hpp"
#include "tests/support/program.hpp"

using namespace premelt::test;
using Catch::Matchers::Contains;

TEST_CASE("a sweep killed half-way continues without repeating what it finished", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command = std::string(small) + "--jobs 1 --quiet --json --out ";
  const Outcome whole = here.premelt(command + "whole");
  REQUIRE(whole.code == 0);

  const auto process = here.start(command + "cut");
  while (files_in(here / "cut/runs") < 2) usleep(1000);
  process->send(SIGKILL);
  process->wait();
  REQUIRE(fs::exists(here / "cut/runs/held-out-200.json"));
  REQUIRE_FALSE(fs::exists(here / "cut/sweep.json"));
  const auto written = fs::last_write_time(here / "cut/runs/held-out-200.json");

  const Outcome rest = here.premelt(command + "cut");
  REQUIRE(rest.code == 0);
  CHECK(fs::last_write_time(here / "cut/runs/held-out-200.json") == written);
  CHECK(here.read("cut/sweep.json") == here.read("whole/sweep.json"));
}

TEST_CASE("shards, killed and started again, give the bytes of one process", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command =
      "sweep pitchfork --seeds 200..203 --controls 3 --set window=50 --set probes=8 --set coupled=4 "
      "--steps 1500 --set sweep_steps=1200 --quiet ";
  REQUIRE(here.premelt(command + "--jobs 2 --out whole").code == 0);

  const auto part = [&](int i) {
    return command + "--jobs 1 --out parts --shard " + std::to_string(i) + "/4";
  };
  for (int kills = 0; kills < 10;) {
    std::vector<std::unique_ptr<Process>> workers;
    for (int i = 0; i < 4; ++i) workers.push_back(here.start(part(i)));
    for (int i = 0; i < 4 && kills < 10; ++i, ++kills) {
      usleep(15000);
      workers[static_cast<std::size_t>((kills + i) % 4)]->send(SIGKILL);
    }
    for (const auto& worker : workers) worker->wait();
  }
  CHECK_FALSE(fs::exists(here / "parts/sweep.json"));
  for (int i : {2, 0, 3, 1}) REQUIRE(here.premelt(part(i)).code == 0);

  fs::remove(here / "parts/runs/held-out-202.json");
  fs::remove(here / "parts/runs/held-out-control-critical-3000201.json");
  const Outcome early = here.premelt(command + "--collect --out parts");
  CHECK(early.code == 3);
  CHECK_THAT(early.err,
             Contains("2 of 14 runs are missing: held-out-202, held-out-control-critical-3000201"));
  CHECK_FALSE(fs::exists(here / "parts/sweep.json"));
  for (int i = 0; i < 4; ++i) REQUIRE(here.premelt(part(i)).code == 0);
  REQUIRE(here.premelt(command + "--collect --out parts").code == 0);
  CHECK(here.read("parts/sweep.json") == here.read("whole/sweep.json"));
  CHECK(here.read("parts/scores.csv") == here.read("whole/scores.csv"));
}

TEST_CASE("what killed shards left half-written goes once it is certain that nobody writes it", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command = std::string(small) + "--jobs 2 --no-whitening --quiet --out s ";
  REQUIRE(here.premelt(command + "--shard 0/2").code == 0);
  const std::string stale = "s/runs/held-out-202.json.812-1.part",
                    young = "s/runs/held-out-202.json.813-1.part";
  for (const std::string& name : {stale, young}) here.file(name, "{");
  fs::last_write_time(here / stale, fs::file_time_type::clock::now() - std::chrono::hours(2));
  REQUIRE(here.premelt(command + "--shard 1/2").code == 0);
  CHECK(fs::exists(here / stale));  // a shard is not alone
  REQUIRE(here.premelt(command + "--collect").code == 0);
  CHECK_FALSE(fs::exists(here / stale));
  CHECK(fs::exists(here / young));
}

TEST_CASE("a launcher's environment names the shard", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  const std::string command = std::string(small) + "--jobs 1 --no-whitening ";
  const auto launched = [&](const std::string& environment, const std::string& arguments) {
    return here.premelt(command + arguments, environment);
  };
  // Ten runs: 0, 3, 6, 9 are the first of three parts. An array may begin at any number.
  const Outcome slurm =
      launched("SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=7 SLURM_ARRAY_TASK_COUNT=3", "--out slurm");
  CHECK(slurm.code == 0);
  CHECK_THAT(slurm.err, Contains("part 0 of 3, by SLURM_ARRAY_TASK_ID"));
  CHECK(files_in(here / "slurm/runs") == 4);
  CHECK(launched("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=3", "--quiet --out mpi").code == 0);
  CHECK(files_in(here / "mpi/runs") == 3);
  CHECK(launched("PMI_RANK=1 PMI_SIZE=10", "--quiet --out pmi").code == 0);
  CHECK(files_in(here / "pmi/runs") == 1);
  CHECK(launched("PMI_RANK=1 PMI_SIZE=10", "--quiet --shard 0/5 --out pmi").code == 0);  // as told
  CHECK(files_in(here / "pmi/runs") == 3);
  CHECK(launched("PMI_RANK=0 PMI_SIZE=1", "--quiet --out alone").code == 0);
  CHECK(fs::exists(here / "alone/sweep.json"));
  const Outcome gap = launched("SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_COUNT=3", "--out gap");
  CHECK(gap.code == 2);
  CHECK_THAT(gap.err, Contains("none of the 3 parts"));
}

TEST_CASE("the number of jobs changes nothing", "[cli]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(std::string(small) + "--quiet --jobs 1 --out one").code == 0);
  REQUIRE(here.premelt(std::string(small) + "--quiet --jobs 3 --out three").code == 0);
  CHECK(here.read("one/sweep.json") == here.read("three/sweep.json"));
}
