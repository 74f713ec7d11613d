/// Whole files: replaced in one piece or not at all, whoever else writes.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "engine/io/file.hpp"
#include "engine/io/growing_file.hpp"
#include "engine/tensor/error.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
using Catch::Matchers::Contains;
using test::TemporaryDirectory;
namespace fs = std::filesystem;

namespace {

std::size_t files_in(const TemporaryDirectory& directory) {
  const fs::directory_iterator files(directory.path());
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

}  // namespace

TEST_CASE("files: two writers at once leave the text of one, whole, and nothing beside it", "[property]") {
  const TemporaryDirectory directory;
  const auto write = [&](char letter) {
    for (int i = 0; i < 50; ++i) write_file(directory / "a", std::string(100000, letter));
  };
  std::thread first(write, 'a'), second(write, 'b');
  first.join();
  second.join();
  const std::string text = read_file(directory / "a", "");
  REQUIRE(text.size() == 100000);
  CHECK(text == std::string(100000, text[0]));
  CHECK(files_in(directory) == 1);
}

TEST_CASE("files: what cannot be written is named and leaves nothing behind", "[unit]") {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "d");
  CHECK_THROWS_WITH(write_file(directory / "d", "x"), Contains("/d: cannot be written"));
  CHECK_THROWS_WITH(write_file(directory / "none" / "a", "x"),
                    Contains("none/a: cannot be written: No such"));
  CHECK_THROWS_WITH(write_file("/dev/full", "x"), Contains("/dev/full: cannot be written"));
  CHECK(fs::is_character_file("/dev/full"));
  CHECK(files_in(directory) == 1);
  CHECK_THROWS_WITH(sync_directory(directory / "none"), Contains("none"));
}

TEST_CASE("files: devices, directories and links in a circle are refused, not read for ever", "[unit]") {
  const TemporaryDirectory directory;
  CHECK_THROWS_WITH(read_file("/dev/zero", "a .csv file"), Contains("is a device, expected a .csv file"));
  CHECK_THROWS_WITH(read_file(directory.path(), "a .csv file"), Contains("is a directory"));
  fs::create_symlink(directory / "b", directory / "a");
  fs::create_symlink(directory / "a", directory / "b");
  CHECK_THROWS_AS(read_file(directory / "a", ""), DataError);
  CHECK_THROWS_WITH(read_file(directory / "a", ""), Contains("/a: cannot be read"));
  CHECK_THROWS_WITH(read_file("/proc/self/mem", ""),
                    Contains("/proc/self/mem: cannot be read: Input/output"));
  CHECK_THAT(read_file("/proc/self/status", ""), Contains("Name:"));  // whose size is said to be 0
}

TEST_CASE("files: a growing file hashes what it was given, in whatever pieces", "[unit]") {
  const TemporaryDirectory directory;
  GrowingFile file(directory / "a", 4);
  file.append("one");
  file.flush();
  const Digest early = file.digest();
  file.append(" two");
  file.write_head("HEAD");
  file.sync();
  CHECK(read_file(directory / "a", "") == "HEADone two");
  CHECK(early == Digest{3, fnv1a("one")});
  CHECK(file.digest() == Digest{7, fnv1a("one two")});
  file.moved_to("elsewhere");
  CHECK(file.path() == "elsewhere");
  CHECK(hexadecimal(0x0123456789abcdefULL) == "0123456789abcdef");
}

TEST_CASE("files: messages show the beginning of what they speak of", "[unit]") {
  CHECK(excerpt("short") == "short");
  CHECK(excerpt(std::string(1000, 'x')) == std::string(60, 'x') + "...");
  CHECK(excerpt(std::string(59, 'x') + "\xc3\xa9\xc3\xa9") == std::string(59, 'x') + "...");
}
