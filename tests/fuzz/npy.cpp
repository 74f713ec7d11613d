/// Arrays: any bytes as a .npy file.
#include "engine/io/npy.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace premelt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto path = fuzz::input_file("input.npy", bytes, size);
  fuzz::survive([&] { read_npy<double>(path); });
  fuzz::survive([&] { read_npy_rows<double>(path, 2); });
  fuzz::survive([&] { digest_npy(path, 16); });
  return fuzz::survive([&] { read_npy<std::int64_t>(path); });
}
