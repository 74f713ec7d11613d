/// The stream that `premelt watch` reads: any bytes, line by line.
#include <cstdlib>
#include <sstream>

#include "rdm/io/loss_lines.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace premelt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::survive([&] {
    LossLineReader reader("input");
    std::istringstream lines(std::string(reinterpret_cast<const char*>(bytes), size));
    const auto drain = [&] {
      while (const auto recording = reader.next()) {
        if (recording->losses.size() != reader.probes().size()) std::abort();
      }
    };
    for (std::string line; std::getline(lines, line);) {
      reader.read(line);
      drain();
    }
    reader.finish();
    drain();
  });
}
