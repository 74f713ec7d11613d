#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rdm/window/spectrum.hpp"
#include "tests/rdm/window/series.hpp"
#include "tests/support/golden_json.hpp"

using namespace premelt;
using namespace premelt::testing;
using nlohmann::json;
using premelt::test::GoldenJson;

namespace {

Tensor<double> matrix_from(const json& rows) {
  std::vector<double> values;
  for (const json& row : rows) {
    for (const json& value : row) values.push_back(value.get<double>());
  }
  return Tensor<double>(Shape{rows.size(), rows[0].size()}, values);
}

void check_signals(const Spectrum& found, const GoldenJson::Entry& expected) {
  CHECK(close(found.moments.spectral_heat_capacity(), expected["shc"].get<double>(), 1e-9));
  CHECK(close(found.moments.participation_ratio(), expected["pr"].get<double>(), 1e-9));
  CHECK(close(found.moments.trace, expected["trace"].get<double>(), 1e-9));
  CHECK(close(found.eigenvalues(0), expected["lambda1"].get<double>(), 1e-9));
  CHECK(close(found.eigenvalues(1), expected["lambda2"].get<double>(), 1e-9));
  const auto mode = expected["mode1"].get<std::vector<double>>();
  REQUIRE(mode.size() == found.modes.shape()[1]);
  for (std::size_t i = 0; i < mode.size(); ++i) CHECK(std::abs(found.modes(0, i) - mode[i]) < 1e-9);
}

}  // namespace

TEST_CASE("signals agree with NumPy's to 1e-9", "[golden]") {
  GoldenJson reference("rdm_reference.json");
  const auto cases = reference.root().items();
  REQUIRE(cases.size() == 4);
  const std::map<std::string, Detrend> detrends{
      {"none", Detrend::none}, {"linear", Detrend::linear}, {"diff", Detrend::diff}};
  for (const auto& entry : cases) {
    const Tensor<double> losses = matrix_from(entry["losses"].get());
    check_signals(spectrum(losses, 2, Divisor::sample), entry["sample"]);
    LossWindow window(losses.shape()[1], entry["window"].get<std::size_t>());
    std::size_t compared = 0;
    for (std::size_t t = 0; t < losses.shape()[0]; ++t) {
      window.push(losses.row(t));
      for (const auto& expected : entry["windows"].items()) {
        if (expected["last"].get<std::size_t>() != t) continue;
        INFO("n = " << window.probes() << ", W = " << window.window() << ", last " << t << ", "
                    << expected["detrend"].get());
        check_signals(spectrum(window, 2, detrends.at(expected["detrend"].get<std::string>())), expected);
        ++compared;
      }
    }
    CHECK(compared == entry["windows"].size());
    CHECK(compared >= 3);
  }
  CHECK_THAT(reference.unread(), Catch::Equals(std::vector<std::string>{}));
}

TEST_CASE("golden numbers that no test reads are found", "[unit]") {
  GoldenJson reference("statistics_reference.json");
  const auto auc = reference.root()["auc"].items();
  REQUIRE(auc.size() >= 2);
  for (const auto& entry : auc) entry["positives"].get();
  const auto unread = reference.unread();
  const auto has = [&](const std::string& path) { return std::ranges::count(unread, path) == 1; };
  CHECK(has("/auc/0/auc"));
  CHECK(has("/auc/1/negatives/0"));
  CHECK_FALSE(has("/auc/0/positives/0"));
  reference.root().get();
  CHECK(reference.unread().empty());
}

TEST_CASE("every file of reference numbers is named by a test", "[unit]") {
  namespace fs = std::filesystem;
  const fs::path tests = fs::path(PREMELT_SOURCE_DIR) / "tests";
  std::string sources;
  for (const auto& entry : fs::recursive_directory_iterator(tests)) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    sources.append(std::istreambuf_iterator<char>(file), {});
  }
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(tests / "golden")) {
    if (!entry.is_regular_file() || entry.path().extension() == ".py") continue;
    INFO(entry.path());
    CHECK(sources.find(entry.path().filename().string()) != std::string::npos);
    ++files;
  }
  CHECK(files >= 6);
}
