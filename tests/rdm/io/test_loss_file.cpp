#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/io/file.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/io/loss_file.hpp"
#include "rdm/io/loss_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using Catch::Matchers::Contains;
using test::TemporaryDirectory;

namespace {

/// A file of that name and content.
std::filesystem::path file(const TemporaryDirectory& directory, const std::string& name,
                           const std::string& text) {
  std::ofstream(directory / name, std::ios::binary) << text;
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

TEST_CASE("losses are found among the arrays of an archive, with their steps", "[unit]") {
  const TemporaryDirectory directory;
  const Tensor<double> losses(Shape{2, 3}, {1, 2, 3, 4, 5, 6.5});
  const Indices steps(Shape{2}, {10, 30});
  const auto stored = [&](const std::map<std::string, AnyTensor>& tensors) {
    write_safetensors(directory / "l.safetensors", {tensors, {}});
    return directory / "l.safetensors";
  };
  const LossTable tensors = read_losses(stored({{"losses", losses}, {"steps", steps}, {"weights", steps}}));
  CHECK(std::ranges::equal(tensors.losses.flat(), losses.flat()));
  CHECK(tensors.steps == std::vector<std::int64_t>{10, 30});
  CHECK(read_losses(stored({{"anything", losses}})).steps == std::vector<std::int64_t>{0, 1});
  CHECK_THROWS_WITH(read_losses(stored({{"a", losses}, {"b", losses}})),
                    Contains("expected an array 'losses' of shape (T,n), found a, b"));
  CHECK_THROWS_WITH(read_losses(stored({{"losses", steps}})), Contains("shape (2)"));
  CHECK_THROWS_WITH(read_losses(stored({{"losses", losses}, {"steps", Indices(Shape{3}, {1, 2, 3})}})),
                    Contains("holds 3 steps, but there are 2 recordings"));
  CHECK_THROWS_WITH(read_losses(stored({{"losses", losses}, {"steps", losses}})),
                    Contains("steps: expected whole numbers"));

  const LossTable npz = read_losses(PREMELT_SOURCE_DIR "/tests/golden/losses.npz");
  CHECK(npz.losses.shape() == Shape{3, 2});
  CHECK(npz.steps == std::vector<std::int64_t>{10, 20, 40});
  CHECK(npz.steps_from == "steps from the array 'steps'");
}

TEST_CASE("bytes from a pipe are known by how they begin", "[unit]") {
  const TemporaryDirectory directory;
  write_npy(directory / "l.npy", Tensor<double>(Shape{2, 2}, {1, 2, 3, 4}));
  const std::string npz = PREMELT_SOURCE_DIR "/tests/golden/losses.npz";
  CHECK(parse_losses("stdin", read_file(npz, "an archive")).steps == read_losses(npz).steps);
  for (const std::string& bytes :
       {read_file(directory / "l.npy", "a .npy file"), std::string("1,2\n3,4\n"),
        std::string("[1, 2]\n{\"losses\": [3, 4]}\n"), std::string("a,b\r\n1,2\r\n3,4")}) {
    const LossTable table = parse_losses("stdin", bytes);
    REQUIRE(table.losses.shape() == Shape{2, 2});
    CHECK((table.losses(0, 0) == 1 && table.losses(1, 1) == 4));
  }
  CHECK(parse_losses("stdin", "5,2\n6,4\n7,5\n").probes.size() == 1);
  CHECK(parse_losses("stdin", "5,2\n6,4\n7,5\n", StepColumn::none).probes.size() == 2);
  CHECK_THROWS_WITH(parse_losses("stdin", ""), Contains("stdin: holds no losses"));
  CHECK_THROWS_WITH(parse_losses("stdin", "1,2\n3,x\n"), Contains("stdin:2"));
  CHECK_THROWS_WITH(parse_losses("stdin", "1,nan\n"), Contains("stdin: row 1"));
}

namespace {

/// What `analyze` reads from a .csv file, after checking that `watch` reads the same from its lines.
LossTable read_both(const TemporaryDirectory& directory, const std::string& text,
                    StepColumn steps = StepColumn::find) {
  const LossTable table = read_losses(file(directory, "both.csv", text), steps);
  LossLineReader reader("lines", LossLineReader::Accept::csv_and_json, steps);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) reader.read(line);
  reader.finish();
  std::size_t row = 0;
  for (; const auto recording = reader.next(); ++row) {
    REQUIRE(row < table.steps.size());
    CHECK(recording->step == table.steps[row]);
    CHECK(std::ranges::equal(recording->losses, table.losses.row(row)));
  }
  CHECK(row == table.steps.size());
  CHECK(reader.probes() == table.probes);
  CHECK(reader.steps_from() == table.steps_from);
  return table;
}

}  // namespace

TEST_CASE("careless tables: analyze and watch find the same probes and steps", "[unit]") {
  using Names = std::vector<std::string>;
  using Steps = std::vector<std::int64_t>;
  struct Case {
    std::string what, text;
    Names probes;
    Steps steps;
    std::string from;
  };
  const std::string counted = "steps counted from 0";
  const std::string rising =
      "steps from column 1, whose whole numbers rise in equal steps (--no-steps: it is a probe)";
  const std::vector<Case> cases{
      {"a byte-order mark", "\xEF\xBB\xBFstep,a\n5,.1\n6,.2\n", {"a"}, {5, 6}, "steps from column 1 'step'"},
      {"pandas without names", "0,1,2\n.5,.6,.7\n.4,.3,.2\n.1,.1,.1\n", {"0", "1", "2"}, {0, 1, 2}, counted},
      {"pandas with its index",
       ",a,b\n0,.5,.6\n1,.4,.3\n",
       {"a", "b"},
       {0, 1},
       "steps from column 1, which has no name"},
      {"pandas with index, without names",
       ",0,1\n0,.5,.6\n10,.4,.3\n",
       {"0", "1"},
       {0, 10},
       "steps from column 1, which has no name"},
      {"pandas, read and written again",
       "Unnamed: 0,step,a\n0,7,.5\n1,9,.4\n",
       {"a"},
       {7, 9},
       "steps from column 2 'step'"},
      {"Step", "Step,a\n5,.1\n6,.2\n", {"a"}, {5, 6}, "steps from column 1 'Step'"},
      {"epoch", "epoch,a\n5,.1\n6,.2\n", {"a"}, {5, 6}, "steps from column 1 'epoch'"},
      {"ITERATION", "a,ITERATION\n.1,5\n.2,6\n", {"a"}, {5, 6}, "steps from column 2 'ITERATION'"},
      {"epoch and step", "epoch,step,a\n0,5,.1\n0,6,.2\n", {"a"}, {5, 6}, "steps from column 2 'step'"},
      {"no header, a step", "0,.5\n10,.4\n20,.3\n30,.2\n", {"0"}, {0, 10, 20, 30}, rising},
      {"a step that looks like pandas' names", "0,1\n10,.4\n20,.3\n", {"0"}, {0, 10, 20}, rising},
      {"pandas' names and a step", "0,1,2\n0,.5,.6\n10,.4,.3\n20,.1,.1\n", {"1", "2"}, {0, 10, 20}, rising},
      {"a step with a name of its own", "t,a\n3,.1\n6,.2\n9,.3\n", {"a"}, {3, 6, 9}, rising},
      {"losses only", ".5,.6\n.4,.3\n.1,.1\n", {"0", "1"}, {0, 1, 2}, counted},
      {"whole losses that do not rise", "3,1\n2,1\n1,2\n", {"0", "1"}, {0, 1, 2}, counted},
      {"one probe that rises", "1\n2\n3\n4\n", {"0"}, {0, 1, 2, 3}, counted},
      {"names of numbers", "3+4,1+2\n.5,.6\n.4,.3\n", {"3+4", "1+2"}, {0, 1}, counted},
      {"hostile names",
       "\"a,b\",\"two\nlines\",\"say \"\"hi\"\"\"\n.5,.6,.7\n.5,.6,.7\n",
       {"a,b", "two\nlines", "say \"hi\""},
       {0, 1},
       counted},
  };
  const TemporaryDirectory d;
  for (const Case& one : cases) {
    INFO(one.what);
    const LossTable table = read_both(d, one.text);
    CHECK(table.probes == one.probes);
    CHECK(table.steps == one.steps);
    CHECK(table.steps_from == one.from);
  }
  const LossTable all = read_both(d, "0,.5\n10,.4\n20,.3\n", StepColumn::none);
  CHECK(all.probes == Names{"0", "1"});
  CHECK(all.losses(1, 0) == 10);
  CHECK(read_both(d, "step,a\n5,.1\n6,.2\n", StepColumn::none).probes == Names{"step", "a"});
}

TEST_CASE("careless tables: what is no table is refused, not guessed", "[unit]") {
  const TemporaryDirectory d;
  const auto refused = [&](const std::string& text, const std::string& why) {
    INFO(text);
    CHECK_THROWS_WITH(read_losses(file(d, "a.csv", text)), Contains("a.csv:") && Contains(why));
    LossLineReader reader("lines");
    std::istringstream lines(text);
    const auto read_all = [&] {
      for (std::string line; std::getline(lines, line);) reader.read(line);
      reader.finish();
    };
    CHECK_THROWS_WITH(read_all(), Contains("lines:"));
  };
  refused("1.5x,1.2.3\n1,2\n3,4\n", "column 1: expected a number, found '1.5x'");
  refused("NA,NA\n1,2\n3,4\n", "column 1: expected a number, found 'NA'");
  refused("a,2.5\n1,2\n3,4\n", "column 1: expected a number, found 'a'");
  refused("a,,c\n1,2,3\n", "expected a number, found 'a'");
  refused("step,,c\n1,2,3\n", "column 2 has no name");
  refused("step\n1\n2\n", "names no probe");
  refused("a,b\n1,2\n3,\n", "a.csv:3: column 2: expected a number, found ''");
  refused("0,.5\n10,.4\n20,.3\n30.5,.2\n", "whole step number, found 30.5; --no-steps");
  refused(".5,.6\n.4\n", "ragged row");
  refused(".5,.6\n.4,.4,.4\n", "ragged row");
}

TEST_CASE("losses: a .jsonl file is read to its end or not at all", "[unit]") {
  const TemporaryDirectory d;
  CHECK(read_losses(file(d, "a.jsonl", "\xEF\xBB\xBF[1,2]\r[3,4]\r\n[5,6]")).losses.shape() == Shape{3, 2});
  std::filesystem::create_symlink("/proc/self/mem", d / "broken.jsonl");
  CHECK_THROWS_WITH(read_losses(d / "broken.jsonl"),
                    Contains("broken.jsonl: cannot be read: Input/output error"));
  std::filesystem::create_directory(d / "b.jsonl");
  CHECK_THROWS_WITH(read_losses(d / "b.jsonl"), Contains("is a directory"));
  std::filesystem::create_symlink("/dev/zero", d / "zero.csv");
  CHECK_THROWS_WITH(read_losses(d / "zero.csv"), Contains("zero.csv: is a device"));
}

TEST_CASE("losses: an empty array of any extents is refused at once", "[unit]") {
  const TemporaryDirectory d;
  write_npy(d / "e.npy", Tensor<double>(Shape{0, 3}));
  std::ifstream stored(d / "e.npy", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stored), std::istreambuf_iterator<char>()};
  const std::string shape = "(0, 18446744073709551615,), }";
  bytes.replace(bytes.find("(0, 3,)"), shape.size(), shape);
  CHECK_THROWS_WITH(read_losses(file(d, "huge.npy", bytes)), Contains("holds no losses"));
}

TEST_CASE("bad losses are named by file, row and column", "[unit]") {
  const TemporaryDirectory d;
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "1,2\n3,oops\n")),
                    Contains("a.csv:2: column 2") && Contains("oops"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "1,2\n3\n")), Contains("ragged"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "step,x,y\n10,1,2\n20,3,nan\n")),
                    Contains("row 2, step 20, probe 'y'") && Contains("nan"));
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "1,2\ninf,4\n")),
                    Contains("row 2, step 1, probe '0'") && Contains("inf"));
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

TEST_CASE("two probes of one name are refused", "[unit]") {
  const TemporaryDirectory d;
  CHECK_THROWS_WITH(read_losses(file(d, "a.csv", "step,p,q,p\n0,1,2,3\n1,4,5,6\n")),
                    Contains("a.csv:1: column 4 'p' has the name of another probe"));
}

TEST_CASE("steps and blocks come from their own files", "[unit]") {
  const TemporaryDirectory d;
  CHECK(read_steps(file(d, "s.csv", "step\n0\n5\n"), 2) == std::vector<std::int64_t>{0, 5});
  CHECK_THROWS_WITH(read_steps(d / "s.csv", 3), Contains("holds 2 steps") && Contains("3 recordings"));
  CHECK(read_steps(file(d, "s.csv", "3\n5\n"), 2) == std::vector<std::int64_t>{3, 5});
  // A whole table, such as order.csv: the column of that name, wherever it stands.
  CHECK(read_steps(file(d, "o.csv", "step,score,other\n0,0.5,7\n5,0.75,8\n"), 2) ==
        std::vector<std::int64_t>{0, 5});
  CHECK(read_steps(file(d, "o.csv", "score,Step,other\n0.5,10,7\n0.75,15,8\n"), 2) ==
        std::vector<std::int64_t>{10, 15});
  CHECK(read_steps(file(d, "o.csv", "0,0.5\n10,0.25\n20,0.75\n"), 3) == std::vector<std::int64_t>{0, 10, 20});
  CHECK_THROWS_WITH(read_steps(file(d, "o.csv", "score,other\n0.5,7\n0.75,8\n"), 2),
                    Contains("o.csv:1") && Contains("called 'step', found 2 columns"));
  const std::vector<std::string> probes{"p", "q"};
  CHECK(read_blocks(file(d, "b.csv", "probe,block\nq,two\n0,one\n"), probes) ==
        std::vector<std::string>{"one", "two"});
  CHECK_THROWS_WITH(read_blocks(file(d, "b.csv", "probe,block\nq,two\n"), probes),
                    Contains("'p' has no block"));
  CHECK_THROWS_WITH(read_blocks(file(d, "b.csv", "q,two\nq,one\n"), probes), Contains("named twice"));
  CHECK_THROWS_WITH(read_blocks(file(d, "b.csv", "z,two\n"), probes), Contains("no probe 'z'"));
  for (const std::string index : {"0.9", "inf", "nan", "-1", "2", "1e0", "99999999999999999999"}) {
    INFO(index);
    CHECK_THROWS_WITH(read_blocks(file(d, "b.csv", "0,one\n" + index + ",two\n"), probes),
                      Contains("b.csv:2: there is no probe '" + index + "'"));
  }
  CHECK_THROWS_WITH(read_blocks(file(d, "b.csv", "0,one\n1,\n"), probes), Contains("b.csv:2: column 2"));
}
