/// kill -9 at random moments, in every setting.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <map>
#include <string>

#include "engine/tensor/random.hpp"
#include "models/experiment/checkpoints.hpp"
#include "models/experiment/setting.hpp"
#include "models/settings/registry.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_text.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

/// A run of a second or two: every setting in its quick form, saved often.
std::string quick_run(const Setting& setting) {
  std::string command =
      "run " + setting.name + " --quiet --steps 400 --set every=1 --set window=8 --set checkpoint_every=20";
  if (setting.parameters.contains("quick")) command += " --set quick=true";
  if (setting.parameters.contains("pretraining_steps")) command += " --set pretraining_steps=20";
  if (setting.name == "text")
    command += " --set data=song.txt --set length=16 --set width=16 --set sample_every=50";
  return command + " --out ";
}

/// The files that a resumed run shares with an uninterrupted one, with their bytes.
std::map<std::string, std::string> recordings(const Workplace& here, const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(here / directory)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name != "report.html") files[name] = here.read(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("a run of any setting killed at random moments ends with the bytes of an uninterrupted one",
          "[reproduction]") {
  const Workplace here(PREMELT_PROGRAM);
  here.file("song.txt", small_text());
  Rng rng(1, "kills");
  for (const Setting& setting : settings()) {
    INFO(setting.name);
    const std::string command = quick_run(setting);
    const std::string whole = setting.name + "-whole", killed = setting.name + "-killed";
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(here.premelt(command + whole).code == 0);
    const std::chrono::duration<double, std::micro> length = std::chrono::steady_clock::now() - start;
    for (int kill = 0; kill < 4; ++kill) {
      const bool resumes = !find_checkpoints(here / killed).empty();
      if (!resumes) fs::remove_all(here / killed);
      const auto process = here.start(resumes ? "run --resume --quiet --out " + killed : command + killed);
      usleep(static_cast<useconds_t>(rng.below(static_cast<std::uint64_t>(length.count()))));
      process->send(SIGKILL);
      process->wait();
    }
    const bool resumes = !find_checkpoints(here / killed).empty();
    if (!resumes) fs::remove_all(here / killed);
    const Outcome end = here.premelt(resumes ? "run --resume --quiet --out " + killed : command + killed);
    INFO(end.err);
    REQUIRE(end.code == 0);
    CHECK(recordings(here, whole) == recordings(here, killed));
  }
}
