#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/io/file.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace premelt;
namespace fs = std::filesystem;

TEST_CASE("write_file puts a new file in the old one's place and never touches the old one", "[unit]") {
  const test::TemporaryDirectory here;
  const auto text_of = [&](const char* name) {
    std::ifstream file(here / name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  write_file(here / "file", "old and long");
  fs::create_hard_link(here / "file", here / "kept");
  write_file(here / "file", "new");
  CHECK(text_of("file") == "new");
  CHECK(text_of("kept") == "old and long");
  CHECK(std::distance(fs::directory_iterator(here.path()), fs::directory_iterator()) == 2);
}

TEST_CASE("files that a killed writer left unfinished are removed, and no others", "[unit]") {
  const test::TemporaryDirectory here;
  for (const char* name :
       {"run.json.812-3.part", "losses.npy", "mine.part", "mine.8-.part", "run.json.812-3.partly"})
    write_file(here / name, "some");
  remove_unfinished(here.path(), std::chrono::hours(1));
  CHECK(fs::exists(here / "run.json.812-3.part"));
  remove_unfinished(here.path());
  CHECK_FALSE(fs::exists(here / "run.json.812-3.part"));
  CHECK(std::distance(fs::directory_iterator(here.path()), fs::directory_iterator()) == 4);
}
