#pragma once
/// What the fuzz targets share. Each target hands any bytes to one reader: an error of ours is an answer,
/// anything else that is thrown is a crash, which libFuzzer (`./dev fuzz`) and the replay of the corpora
/// report.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/tensor/error.hpp"
#include "tests/support/temporary_directory.hpp"

/// One input; libFuzzer calls it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace premelt::fuzz {

/// A file of this name that holds the input.
inline std::filesystem::path input_file(const std::string& name, const std::uint8_t* bytes,
                                        std::size_t size) {
  static const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory / name;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(size));
  return path;
}

/// Lets only errors of ours pass.
template <class Read>
int survive(const Read& read) {
  try {
    read();
  } catch (const Error&) {  // an answer
  }
  return 0;
}

}  // namespace premelt::fuzz
