/// Configurations: any bytes as a TOML file and as a run.json.
#include "cli/runs/config.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace premelt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::survive([&] { cli::read_config(fuzz::input_file("input.toml", bytes, size)); });
  return fuzz::survive([&] { cli::read_config(fuzz::input_file("run.json", bytes, size)); });
}
