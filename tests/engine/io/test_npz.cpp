#include <catch2/catch.hpp>
#include <cstddef>
#include <string>

#include "engine/io/file.hpp"
#include "engine/io/npy.hpp"
#include "engine/io/npz.hpp"
#include "engine/tensor/error.hpp"

using namespace premelt;
using Catch::Matchers::Contains;

namespace {

std::string golden(const std::string& name) {
  return read_file(PREMELT_SOURCE_DIR "/tests/golden/" + name, "an archive");
}

}  // namespace

TEST_CASE("archives of numpy.savez are read, also as those beyond 4 GB are laid out", "[golden]") {
  for (const std::string name : {"losses.npz", "losses_zip64.npz"}) {
    INFO(name);
    const std::string bytes = golden(name);
    const auto arrays = npz_arrays(name, bytes);
    REQUIRE(arrays.size() == 2);
    const auto steps = parse_npy<std::int64_t>(name, arrays.at("steps"));
    CHECK((steps(0) == 10 && steps(1) == 20 && steps(2) == 40));
    const auto losses = parse_npy<double>(name, arrays.at("losses"));  // in half precision
    REQUIRE(losses.shape() == Shape{3, 2});
    CHECK((losses(0, 1) == 2.5 && losses(1, 0) == 0.3330078125 && losses(1, 1) == 3.999471664428711e-05));
  }
}

TEST_CASE("archives that are not read say why", "[unit]") {
  CHECK_THROWS_WITH(npz_arrays("a.npz", golden("losses_compressed.npz")),
                    Contains("a.npz: 'losses.npy' is compressed") && Contains("numpy.savez instead"));
  CHECK_THROWS_WITH(npz_arrays("a.npz", "step,loss\n1,2\n"), Contains("not a whole .npz file"));
  std::string encrypted = golden("losses.npz");
  encrypted[encrypted.find("PK\1\2") + 8] |= 1;
  CHECK_THROWS_WITH(npz_arrays("a.npz", encrypted), Contains("encrypted"));
}

TEST_CASE("an archive cut off anywhere is an error, and no byte can make the reader leave it", "[unit]") {
  for (const std::string name : {"losses.npz", "losses_zip64.npz"}) {
    const std::string whole = golden(name);
    for (std::size_t length = 0; length < whole.size(); ++length)
      CHECK_THROWS_AS(npz_arrays(name, std::string(whole, 0, length)), DataError);
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0xff);
      try {
        for (const auto& [array, bytes] : npz_arrays(name, changed)) {
          CHECK(bytes.data() >= changed.data());
          CHECK(bytes.data() + bytes.size() <= changed.data() + changed.size());
        }
      } catch (const DataError&) {
        ++refused;
      }
    }
    CHECK(refused > 20);
  }
}
