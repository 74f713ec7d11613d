#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"
#include "rdm/window/statistics.hpp"
#include "tests/support/golden_json.hpp"

using namespace premelt;
using nlohmann::json;
using premelt::test::GoldenJson;

namespace {

bool agree(double found, double expected) {
  return std::abs(found - expected) <= 1e-10 * std::max(1e-3, std::abs(expected));
}

}  // namespace

TEST_CASE("statistics agree with SciPy's to 1e-10", "[golden]") {
  GoldenJson file("statistics_reference.json");
  const auto cases = [&](const char* name) {
    const json found = file.root()[name].get();
    REQUIRE_FALSE(found.empty());
    return found;
  };
  for (const json& c : cases("clopper_pearson")) {
    const Interval found = clopper_pearson(c[0], c[1]);
    CHECK(agree(found.low, c[2]));
    CHECK(agree(found.high, c[3]));
  }
  for (const json& c : cases("auc")) {
    CHECK(
        agree(auc(c.at("positives").get<std::vector<double>>(), c.at("negatives").get<std::vector<double>>()),
              c.at("auc")));
  }
  for (const json& c : cases("kendall_tau"))
    CHECK(agree(kendall_tau(c.at("series").get<std::vector<double>>()), c.at("tau")));
  for (const json& c : cases("quantile"))
    CHECK(agree(quantile(c.at("values").get<std::vector<double>>(), c.at("p")), c.at("quantile")));
  CHECK_THAT(file.unread(), Catch::Equals(std::vector<std::string>{}));
}

TEST_CASE("Student's quantiles of one, two and four degrees are their closed forms", "[unit]") {
  for (double p : {0.6, 0.9, 0.975, 0.9995}) {
    const double alpha = 4 * p * (1 - p), root = std::sqrt(alpha);
    CHECK(agree(student_quantile(1, p), std::tan(std::acos(-1.0) * (p - 0.5))));
    CHECK(agree(student_quantile(2, p), 2 * (p - 0.5) * std::sqrt(2 / alpha)));
    CHECK(agree(student_quantile(4, p), 2 * std::sqrt(std::cos(std::acos(root) / 3) / root - 1)));
  }
}

TEST_CASE("a mean is the sum by the number, and nothing has none", "[unit]") {
  CHECK(mean_of(std::vector<double>{1, 2, 6}) == 3);
  CHECK(std::isnan(mean_of({})));
}

TEST_CASE("statistics refuse what has no answer", "[unit]") {
  const std::vector<double> none, one{1}, bad{1, std::numeric_limits<double>::quiet_NaN()}, equal{2, 2, 2};
  CHECK_THROWS_AS(median(none), UsageError);
  CHECK_THROWS_AS(quantile(bad, 0.5), UsageError);
  CHECK_THROWS_AS(quantile(one, 1.5), UsageError);
  CHECK_THROWS_AS(auc(one, none), UsageError);
  CHECK_THROWS_AS(kendall_tau(one), UsageError);
  CHECK_THROWS_AS(clopper_pearson(0, 0), UsageError);
  CHECK_THROWS_AS(clopper_pearson(3, 2), UsageError);
  CHECK(std::isnan(kendall_tau(equal)));
  CHECK(auc(equal, equal) == 0.5);
}

TEST_CASE("the trend of a growing series is Kendall's S over its sd for independent values", "[property]") {
  Rng rng(3, "noise");
  std::vector<double> series;
  KendallTrend trend;
  double last = trend.push(series.emplace_back(rng.normal()));
  CHECK(last == 0);
  for (int i = 0; i < 40; ++i) last = trend.push(series.emplace_back(rng.normal() + 0.05 * i));
  const auto m = static_cast<double>(series.size());
  // Without ties tau = S / (m(m-1)/2).
  const double concordance = kendall_tau(series) * m * (m - 1) / 2;
  CHECK(last == Approx(concordance / std::sqrt(m * (m - 1) * (2 * m + 5) / 18)));
  CHECK(std::isnan(trend.push(std::nan(""))));
  CHECK(std::isnan(trend.push(1)));
}
