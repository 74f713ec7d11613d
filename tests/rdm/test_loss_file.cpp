#include <catch2/catch.hpp>
#include <fstream>

#include "engine/error.hpp"
#include "engine/npy.hpp"
#include "rdm/loss_file.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using Catch::Matchers::Contains;
using test::TemporaryDirectory;

namespace {

/// A file of that name and content.
std::filesystem::path file(const TemporaryDirectory& directory, const std::string& name,
                           const std::string& text) {
  std::ofstream(directory / name) << text;
  return directory / name;
}

}  // namespace

TEST_CASE("losses are the same from every format", "[unit]") {
  const TemporaryDirectory directory;
  write_npy(directory / "l.npy", Tensor<double>(Shape{2, 3}, {1, 2, 3, 4, 5, 6.5}));
  const LossTable npy = read_losses(directory / "l.npy");
  const LossTable plain = read_losses(file(directory, "p.csv", "1,2,3\n4,5,6.5\n"));
  const LossTable named = read_losses(file(directory, "n.csv", "step,a,b,c\n10,1,2,3\n20,4,5,6.5\n"));
  const LossTable lines =
      read_losses(file(directory, "l.jsonl", "[1,2,3]\n\n{\"step\": 7, \"losses\": [4,5,6.5]}\n"));
  for (const LossTable* table : {&npy, &plain, &named, &lines}) {
    REQUIRE(table->losses.shape() == Shape{2, 3});
    CHECK(std::ranges::equal(table->losses.flat(), npy.losses.flat()));
  }
  CHECK(npy.steps == std::vector<std::int64_t>{0, 1});
  CHECK(named.steps == std::vector<std::int64_t>{10, 20});
  CHECK(lines.steps == std::vector<std::int64_t>{0, 7});
  CHECK(named.probes == std::vector<std::string>{"a", "b", "c"});
  CHECK(plain.probes == std::vector<std::string>{"0", "1", "2"});
}

TEST_CASE("bad losses are named by file, row and column", "[unit]") {
  const TemporaryDirectory d;
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "1,2\n3,oops\n")),
                    Contains("a.csv:2: column 2") && Contains("oops"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "1,2\n3\n")), Contains("ragged"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "x,y\n1,2\n3,nan\n")),
                    Contains("row 2, probe 'y'") && Contains("nan"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "1,2\ninf,4\n")),
                    Contains("row 2, probe '0'") && Contains("inf"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "")), Contains("is empty"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "a,b\n")), Contains("holds no losses"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "step,a\n2,1\n1,1\n")), Contains("steps must increase"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "step,a\n2.5,1\n")), Contains("whole step number"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.txt", "1")), Contains("unknown ending"));
  CHECK_THROWS_WITH(read_losses(d.path()), Contains("is a directory"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.jsonl", "[1,2]\n[1]\n")),
                    Contains("a.jsonl:2") && Contains("ragged"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.jsonl", "[1,2\n")),
                    Contains("a.jsonl:1") && Contains("array of numbers"));
  write_npy(d / "v.npy", Tensor<double>(Shape{3}, {1, 2, 3}));
  CHECK_THROWS_WITH(read_losses(d / "v.npy"), Contains("(3)") && Contains("(T,n)"));
}

TEST_CASE("steps and blocks come from their own files", "[unit]") {
  const TemporaryDirectory d;
  CHECK(read_steps(file(d, "s.csv", "step\n0\n5\n"), 2) == std::vector<std::int64_t>{0, 5});
  CHECK_THROWS_WITH(read_steps(d / "s.csv", 3), Contains("holds 2 steps") && Contains("3 recordings"));
  const std::vector<std::string> probes{"p", "q"};
  CHECK(read_blocks(file(d, "b.csv", "probe,block\nq,two\n0,one\n"), probes) ==
        std::vector<std::string>{"one", "two"});
  CHECK_THROWS_WITH(read_blocks(file(d, "b.csv", "probe,block\nq,two\n"), probes),
                    Contains("'p' has no block"));
  CHECK_THROWS_WITH(read_blocks(file(d, "b.csv", "q,two\nq,one\n"), probes), Contains("named twice"));
  CHECK_THROWS_WITH(read_blocks(file(d, "b.csv", "z,two\n"), probes), Contains("no probe 'z'"));
}
