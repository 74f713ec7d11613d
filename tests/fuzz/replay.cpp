/// Hands every file of a corpus to a fuzz target, without libFuzzer: part of `./dev test`.

#include <cstdio>

#include "engine/io/file.hpp"
#include "tests/fuzz/fuzz.hpp"

int main(int argc, char** argv) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argc == 2 ? argv[1] : "")) {
    std::printf("%s\n", entry.path().c_str());
    std::fflush(stdout);  // the last line names the input that crashed
    const std::string bytes = premelt::read_file(entry.path(), "an input");
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    ++count;
  }
  std::printf("%zu inputs\n", count);
  return count > 0 ? 0 : 1;
}
