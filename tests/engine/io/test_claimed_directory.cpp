/// Locks and names of output directories, with several processes at once.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/io/claimed_directory.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/memory.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using namespace premelt::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

/// Runs `work` in a process of its own that then ends at once, without the destructors of the test program.
pid_t in_process(const std::function<void()>& work) {
  const pid_t id = fork();
  REQUIRE(id >= 0);
  if (id > 0) return id;
  try {
    work();
  } catch (...) {
    _exit(1);
  }
  _exit(0);
}

int ended(pid_t id) {
  int status = 0;
  waitpid(id, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::size_t entries(const fs::path& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("processes that ask for one name at once each get a directory of their own", "[property]") {
  for (int round = 0; round < 40; ++round) {
    const TemporaryDirectory here;
    if (round % 2 == 1) fs::create_directory(here / "out");  // an empty directory is as good as none
    constexpr int starts = 6;
    std::vector<pid_t> ids;
    for (int i = 0; i < starts; ++i) {
      ids.push_back(in_process([&] {
        const ClaimedDirectory mine = ClaimedDirectory::fresh(here / "out");
        std::ofstream(mine.path() / "owner", std::ios::app) << getpid() << "\n";
      }));
    }
    for (const pid_t id : ids) REQUIRE(ended(id) == 0);
    std::set<std::string> owners;
    for (const auto& directory : fs::directory_iterator(here.path())) {
      std::ifstream file(directory.path() / "owner");
      std::string line, second;
      REQUIRE(std::getline(file, line));
      REQUIRE_FALSE(std::getline(file, second));
      owners.insert(line);
    }
    REQUIRE(owners.size() == starts);
  }
}

TEST_CASE("one process at a time has a directory, and a refusal names it", "[unit]") {
  const TemporaryDirectory here;
  {
    const DirectoryLock lock(here.path());
    CHECK_FALSE(DirectoryLock::try_take(here.path()));
    CHECK_THROWS_WITH(ClaimedDirectory::open(here.path()),
                      Contains("process " + std::to_string(getpid()) + " on ") && Contains("is at work"));
  }
  CHECK(entries(here.path()) == 0);
  const DirectoryLock again(here.path());
}

TEST_CASE("a lock has one holder, however often it changes hands", "[property]") {
  const TemporaryDirectory here;
  std::atomic<int> holders = 0, most = 0, taken = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        while (taken < 300) {
          const auto lock = DirectoryLock::try_take(here.path());
          if (!lock) continue;
          ++taken;
          const int now = ++holders;
          if (now > most) most = now;
          std::this_thread::sleep_for(std::chrono::microseconds(20));  // for others to come meanwhile
          --holders;
        }
      });
    }
  }
  CHECK(most == 1);
}

TEST_CASE("the lock of a process that was killed holds nobody up", "[unit]") {
  const TemporaryDirectory here;
  const pid_t id = in_process([&] {
    const DirectoryLock lock(here.path());
    write(here / "locked", "");
    pause();
  });
  while (!fs::exists(here / "locked")) usleep(1000);
  CHECK_FALSE(DirectoryLock::try_take(here.path()));
  kill(id, SIGKILL);
  CHECK(ended(id) == -SIGKILL);
  CHECK(fs::exists(here / ".lock"));
  CHECK(DirectoryLock::try_take(here.path()));
}

TEST_CASE("a claimed directory in which nothing was left goes again; one that was there stays", "[unit]") {
  const TemporaryDirectory here;
  { const ClaimedDirectory claimed = ClaimedDirectory::fresh(here / "new"); }
  CHECK_FALSE(fs::exists(here / "new"));
  fs::create_directory(here / "empty");
  { const ClaimedDirectory claimed = ClaimedDirectory::fresh(here / "empty"); }
  CHECK(entries(here / "empty") == 0);
  {
    const ClaimedDirectory claimed = ClaimedDirectory::fresh(here / "kept/");
    write(claimed.path() / "result", "1");
  }
  CHECK(entries(here / "kept") == 1);
  CHECK(ClaimedDirectory::fresh(here / "kept/").path() == here / "kept-2");
}

TEST_CASE("a claimed directory is never made beside a file or a device", "[unit]") {
  const TemporaryDirectory here;
  write(here / "file", "mine");
  CHECK_THROWS_WITH(ClaimedDirectory::fresh(here / "file"), Contains("is no directory"));
  CHECK_THROWS_WITH(ClaimedDirectory::fresh("/dev/null"), Contains("/dev/null: is no directory"));
  CHECK_FALSE(fs::exists(here / "file-2"));
  fs::create_symlink(here / "loop", here / "loop");
  CHECK_THROWS_AS(ClaimedDirectory::fresh(here / "loop"), DataError);
  CHECK_THROWS_AS(ClaimedDirectory::fresh(here / "loop/run"), DataError);
  CHECK_THROWS_AS(ClaimedDirectory::fresh(here / "file/run"), DataError);
}

TEST_CASE("more memory than the machine has is refused before it is taken", "[unit]") {
  CHECK_NOTHROW(require_memory(1e6, "a test"));
  CHECK_THROWS_WITH(require_memory(1e18, "the losses"),
                    Contains("the losses: would need 1e+06 TB of memory") && Contains("PREMELT_MEMORY"));
  setenv("PREMELT_MEMORY", "2G", 1);
  CHECK(machine_memory() == 2e9);
  CHECK_THROWS_AS(require_memory(2.1e9, "a test"), UsageError);
  setenv("PREMELT_MEMORY", "2e30", 1);
  CHECK_NOTHROW(require_memory(1e18, "a test"));
  for (const char* nonsense : {"", "much", "-1", "G", "nan"}) {
    setenv("PREMELT_MEMORY", nonsense, 1);
    CHECK_THROWS_AS(machine_memory(), UsageError);
  }
  unsetenv("PREMELT_MEMORY");
}
