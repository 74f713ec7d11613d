#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rdm/spectrum.hpp"
#include "tests/rdm/series.hpp"

using namespace premelt;
using namespace premelt::testing;
using nlohmann::json;

namespace {

Tensor<double> matrix_from(const json& rows) {
  std::vector<double> values;
  for (const json& row : rows) {
    for (const json& value : row) values.push_back(value.get<double>());
  }
  return Tensor<double>(Shape{rows.size(), rows[0].size()}, values);
}

void check_signals(const Spectrum& found, const json& expected) {
  CHECK(close(found.moments.spectral_heat_capacity(), expected.at("shc").get<double>(), 1e-9));
  CHECK(close(found.moments.participation_ratio(), expected.at("pr").get<double>(), 1e-9));
  CHECK(close(found.moments.trace, expected.at("trace").get<double>(), 1e-9));
  CHECK(close(found.eigenvalues(0), expected.at("lambda1").get<double>(), 1e-9));
  CHECK(close(found.eigenvalues(1), expected.at("lambda2").get<double>(), 1e-9));
  const auto mode = expected.at("mode1").get<std::vector<double>>();
  REQUIRE(mode.size() == found.modes.shape()[1]);
  for (std::size_t i = 0; i < mode.size(); ++i) CHECK(std::abs(found.modes(0, i) - mode[i]) < 1e-9);
}

}  // namespace

TEST_CASE("signals agree with NumPy's to 1e-9", "[golden]") {
  std::ifstream file(PREMELT_SOURCE_DIR "/tests/golden/rdm_reference.json");
  const json cases = json::parse(file);
  REQUIRE(cases.size() == 4);
  const std::map<std::string, Detrend> detrends{
      {"none", Detrend::none}, {"linear", Detrend::linear}, {"diff", Detrend::diff}};
  for (const json& entry : cases) {
    const Tensor<double> losses = matrix_from(entry.at("losses"));
    check_signals(spectrum(losses, 2, Divisor::sample), entry.at("sample"));
    LossWindow window(losses.shape()[1], entry.at("window").get<std::size_t>());
    std::size_t compared = 0;
    for (std::size_t t = 0; t < losses.shape()[0]; ++t) {
      window.push(losses.row(t));
      for (const json& expected : entry.at("windows")) {
        if (expected.at("last").get<std::size_t>() != t) continue;
        INFO("n = " << window.probes() << ", W = " << window.window() << ", last " << t << ", "
                    << expected.at("detrend"));
        check_signals(spectrum(window, 2, detrends.at(expected.at("detrend"))), expected);
        ++compared;
      }
    }
    CHECK(compared == entry.at("windows").size());
    CHECK(compared >= 3);
  }
}
