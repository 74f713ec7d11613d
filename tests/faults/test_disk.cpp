/// A disk that is full or broken, and what is on it when the power goes.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "engine/io/csv.hpp"
#include "engine/io/npy.hpp"
#include "models/experiment/checkpoints.hpp"
#include "tests/faults/faults.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

const std::string short_run =
    "run schematic --set steps=60 --set window=10 --set checkpoint_every=20 --quiet --out run";

/// Position of the first such call from `from` on.
std::size_t find_call(const std::vector<std::string>& calls, const std::string& begin, std::size_t from = 0) {
  const auto found = std::find_if(calls.begin() + static_cast<std::ptrdiff_t>(from), calls.end(),
                                  [&](const std::string& call) { return call.starts_with(begin); });
  return static_cast<std::size_t>(found - calls.begin());
}

bool contains(const std::vector<std::string>& calls, const std::string& call, std::size_t from,
              std::size_t to) {
  return find_call(calls, call, from) < to;
}

std::map<std::string, std::string> all_files(const Workplace& here, const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(here / directory)) {
    if (entry.is_regular_file()) files[entry.path().string()] = here.read(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("power loss: recordings, then the checkpoint, then its name are forced to the disk", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  const Outcome outcome = with_faults(here, "run", "", short_run);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const std::vector<std::string> calls = logged_calls(here);
  std::size_t checkpoints = 0, before = 0;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (!calls[i].starts_with("rename run/checkpoints/step-")) continue;
    ++checkpoints;
    const std::string temporary = calls[i].substr(7, calls[i].find(' ', 7) - 7);
    INFO(calls[i]);
    const std::size_t created = find_call(calls, "create " + temporary);
    REQUIRE(created < i);
    for (const char* name : {"losses.npy", "steps.npy", "order.csv", "signals.csv", "modes.npy"}) {
      const std::string file = std::string("run/") + name;
      INFO(file);
      const std::size_t synced = find_call(calls, "fsync " + file, before);
      CHECK(synced < created);
      CHECK_FALSE(contains(calls, "write " + file, synced, i));  // nothing that the checkpoint counts on
    }
    CHECK(contains(calls, "fsync run", before, created));
    const std::size_t forced = find_call(calls, "fsync " + temporary, created);
    CHECK(forced < i);
    CHECK_FALSE(contains(calls, "write " + temporary, forced, i));
    REQUIRE(i + 1 < calls.size());
    CHECK(calls[i + 1] == "fsync run/checkpoints");
    before = i;
  }
  CHECK(checkpoints == 4);  // at steps 0, 20, 40 and 60
}

TEST_CASE("power loss: run.json, events.json and the report are whole under their names", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(with_faults(here, "run", "", short_run).code == 0);
  const std::vector<std::string> calls = logged_calls(here);
  for (const char* name : {"run.json", "events.json", "report.html"}) {
    INFO(name);
    const std::string file = std::string("run/") + name;
    CHECK_FALSE(contains(calls, "create " + file + " ", 0, calls.size()));
    CHECK(std::ranges::find(calls, "create " + file) == calls.end());
    const auto renamed = std::ranges::find_if(calls, [&](const std::string& call) {
      return call.starts_with("rename ") && call.ends_with(" " + file);
    });
    REQUIRE(renamed + 1 < calls.end());
    CHECK(*(renamed + 1) == "fsync run");
  }
}

TEST_CASE("a disk that fails at any call: exit code 3, the file is named, the checkpoints before are whole",
          "[property]") {
  const Workplace counting(PREMELT_PROGRAM);
  REQUIRE(with_faults(counting, "run", "", short_run).code == 0);
  const std::vector<std::string> calls = logged_calls(counting);
  for (const auto& [op, error, text] :
       {std::tuple<std::string, std::string, std::string>{"write", "ENOSPC", "No space left on device"},
        {"fsync", "EIO", "Input/output error"},
        {"rename", "EIO", "Input/output error"},
        {"create", "EROFS", "Read-only file system"}}) {
    const auto count = static_cast<std::size_t>(std::ranges::count_if(
        calls, [&, o = op](const std::string& call) { return call.starts_with(o + " "); }));
    REQUIRE(count > 3);
    for (std::size_t k = 1; k <= count; k += std::max<std::size_t>(count / 10, 1)) {
      const Workplace here(PREMELT_PROGRAM);
      const Outcome outcome = with_faults(
          here, "run", "PREMELT_FAULTS_FAIL=" + op + ":" + std::to_string(k) + ":" + error, short_run);
      INFO(op << " " << k << " of " << count << ": " << outcome.err);
      CHECK(outcome.code == 3);
      CHECK_THAT(outcome.err, Contains("premelt: run/") || Contains("premelt: run:"));
      CHECK_THAT(outcome.err, Contains(text));
      if (!fs::exists(here / "run")) continue;
      for (const auto& [name, bytes] : all_files(here, "run")) CHECK_THAT(name, !Catch::EndsWith(".part"));
      for (const auto& [step, path] : find_checkpoints(here / "run")) {
        const Checkpoint checkpoint = read_checkpoint(path);
        CHECK(checkpoint.step == step);
        CHECK_NOTHROW(verify_recordings(here / "run", checkpoint));
      }
    }
  }
}

TEST_CASE("a report that cannot be written leaves the old one and says why", "[unit]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt(short_run).code == 0);
  const auto before = all_files(here, "run");
  for (const std::string fault : {"write:1:ENOSPC", "fsync:1:EIO", "rename:1:EIO", "create:1:EROFS"}) {
    const Outcome outcome = with_faults(here, "run", "PREMELT_FAULTS_FAIL=" + fault, "report run");
    INFO(fault << ": " << outcome.err);
    CHECK(outcome.code == 3);
    CHECK_THAT(outcome.err, Contains("run/report.html: cannot be written"));
    CHECK(all_files(here, "run") == before);
  }
}

TEST_CASE("killed at any call that changes the disk, a run is continued to the same bytes", "[property]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(with_faults(here, "run", "", short_run).code == 0);
  const std::vector<std::string> calls = logged_calls(here);
  const std::string losses = here.read("run/losses.npy"), order = here.read("run/order.csv");
  for (const std::string op : {"write", "rename", "fsync"}) {
    const auto count = static_cast<std::size_t>(
        std::ranges::count_if(calls, [&](const std::string& call) { return call.starts_with(op + " "); }));
    for (std::size_t k = 2; k <= count; k += std::max<std::size_t>(count / 5, 1)) {
      fs::remove_all(here / "run");
      INFO(op << " " << k);
      with_faults(here, "run", "PREMELT_FAULTS_KILL=" + op + ":" + std::to_string(k), short_run);
      if (find_checkpoints(here / "run").empty()) continue;
      const Outcome resumed = here.premelt("run --resume --quiet --out run");
      INFO(resumed.err);
      REQUIRE(resumed.code == 0);
      CHECK(here.read("run/losses.npy") == losses);
      CHECK(here.read("run/order.csv") == order);
    }
  }
}

TEST_CASE("a changed byte in any recording is noticed by --resume", "[property]") {
  const Workplace here(PREMELT_PROGRAM);
  REQUIRE(here.premelt("run deep-linear --set steps=40 --set window=10 --set checkpoint_every=20 --set "
                       "probes=8 --quiet --out run")
              .code == 0);
  fs::remove(here / "run/checkpoints/step-00000040.safetensors");
  for (const std::string name : {"losses.npy", "steps.npy", "order.csv", "training.csv"}) {
    const std::string path = "run/" + name, whole = here.read(path);
    const Checkpoint checkpoint = read_checkpoint(here / "run/checkpoints/step-00000020.safetensors");
    const std::size_t end = whole.size() * 2 / 5;  // well before step 20
    std::size_t noticed = 0, tried = 0;
    for (std::size_t at = 0; at < end; at += std::max<std::size_t>(end / 150, 1)) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ 1);
      here.file(path, flipped);
      ++tried;
      try {
        verify_recordings(here / "run", checkpoint);
      } catch (const DataError&) {
        ++noticed;
      }
    }
    INFO(name << ": " << noticed << " of " << tried);
    // In a head, the number of rows and the spaces behind it are not part of the checksum.
    CHECK(noticed + (name.ends_with(".npy") ? 60 : 0) >= tried);
    std::string flipped = whole;
    flipped[end - 1] = static_cast<char>(flipped[end - 1] ^ 1);
    here.file(path, flipped);
    const Outcome outcome = here.premelt("run --resume --quiet --out run");
    INFO(outcome.err);
    CHECK(outcome.code == 3);
    CHECK_THAT(outcome.err, Contains(name));
    here.file(path, whole);
  }
  CHECK(here.premelt("run --resume --quiet --out run").code == 0);
}
