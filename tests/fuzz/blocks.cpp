/// Blocks of probes: any bytes as the CSV of --blocks.
#include "rdm/io/loss_file.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace premelt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto path = fuzz::input_file("blocks.csv", bytes, size);
  return fuzz::survive([&] { read_blocks(path, {"a", "b", "two words"}); });
}
