/// Archives: any bytes as a .npz file of losses.
#include "rdm/io/loss_file.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace premelt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto path = fuzz::input_file("input.npz", bytes, size);
  return fuzz::survive([&] { read_losses(path); });
}
