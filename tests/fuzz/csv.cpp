/// Tables of losses: any bytes as a .csv file, with and without a search for steps.
#include "rdm/io/loss_file.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace premelt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto path = fuzz::input_file("input.csv", bytes, size);
  fuzz::survive([&] { read_losses(path); });
  fuzz::survive([&] { read_steps(path, 3); });
  return fuzz::survive([&] { read_losses(path, StepColumn::none); });
}
