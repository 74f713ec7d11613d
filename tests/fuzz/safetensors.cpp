/// Tensors and checkpoints: any bytes as a .safetensors file. What was read comes back from what is written.
#include <cstdlib>

#include "engine/io/safetensors.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace premelt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto path = fuzz::input_file("input.safetensors", bytes, size);
  return fuzz::survive([&] {
    const Safetensors content = read_safetensors(path);
    write_safetensors(path, content);
    if (read_safetensors(path).tensors.size() != content.tensors.size()) std::abort();
  });
}
