#include "rdm/window/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

void check_values(const char* what, std::span<const double> values, std::size_t least) {
  if (values.size() < least) {
    throw UsageError(std::string(what) + ": needs at least " + std::to_string(least) + " values, got " +
                     std::to_string(values.size()));
  }
  if (std::ranges::any_of(values, [](double x) { return std::isnan(x); })) {
    throw UsageError(std::string(what) + ": a value is NaN");
  }
}

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> result(values.begin(), values.end());
  std::ranges::sort(result);
  return result;
}

}  // namespace

double quantile(std::span<const double> values, double p) {
  check_values("quantile", values, 1);
  if (!(p >= 0 && p <= 1)) throw UsageError("quantile: expected 0 <= p <= 1, got " + std::to_string(p));
  const std::vector<double> x = sorted(values);
  const double position = p * static_cast<double>(x.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, x.size() - 1);
  return std::lerp(x[below], x[above], position - static_cast<double>(below));
}

double median(std::span<const double> values) {
  return quantile(values, 0.5);
}

Interval clopper_pearson(std::size_t successes, std::size_t trials, double confidence) {
  if (trials == 0 || successes > trials) {
    throw UsageError("clopper_pearson: " + std::to_string(successes) + " successes of " +
                     std::to_string(trials) + " trials");
  }
  const auto k = static_cast<double>(successes), n = static_cast<double>(trials);
  const double tail = (1 - confidence) / 2;
  return {successes == 0 ? 0.0 : boost::math::ibeta_inv(k, n - k + 1, tail),
          successes == trials ? 1.0 : boost::math::ibeta_inv(k + 1, n - k, 1 - tail)};
}

double student_quantile(double degrees, double p) {
  return boost::math::quantile(boost::math::students_t(degrees), p);
}

double auc(std::span<const double> positives, std::span<const double> negatives) {
  check_values("auc", positives, 1);
  check_values("auc", negatives, 1);
  const std::vector<double> x = sorted(negatives);
  double wins = 0;
  for (double value : positives) {
    const auto first = std::ranges::lower_bound(x, value), last = std::ranges::upper_bound(x, value);
    wins += static_cast<double>(first - x.begin()) + static_cast<double>(last - first) / 2;
  }
  return wins / (static_cast<double>(positives.size()) * static_cast<double>(x.size()));
}

double kendall_tau(std::span<const double> series) {
  check_values("kendall_tau", series, 2);
  double concordance = 0, untied = 0, pairs = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    for (std::size_t j = i + 1; j < series.size(); ++j) {
      concordance += (series[j] > series[i]) - (series[j] < series[i]);
      untied += series[j] != series[i];
      ++pairs;
    }
  }
  return untied > 0 ? concordance / std::sqrt(untied * pairs) : std::numeric_limits<double>::quiet_NaN();
}

double KendallTrend::push(double value) {
  for (double earlier : values_) concordance_ += (value > earlier) - (value < earlier);
  if (std::isnan(value)) concordance_ = value;
  values_.push_back(value);
  const auto m = static_cast<double>(values_.size());
  return m > 1 ? concordance_ / std::sqrt(m * (m - 1) * (2 * m + 5) / 18) : concordance_;
}

}  // namespace premelt
