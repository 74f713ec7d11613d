/// Lines of JSON: any bytes as a .jsonl file.
#include "rdm/io/loss_file.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace premelt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::survive([&] { read_losses(fuzz::input_file("input.jsonl", bytes, size)); });
}
