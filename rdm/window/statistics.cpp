#include "rdm/window/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
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

/// The continued fraction of the incomplete beta function; converges fast for x < (a+1)/(a+b+2).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = std::numeric_limits<double>::min();
  const auto away_from_zero = [](double v) { return std::abs(v) < tiny ? tiny : v; };
  double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), result = d;
  for (int m = 1; m <= 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double change = 1;
    for (double coefficient : {even, odd}) {
      d = 1 / away_from_zero(1 + coefficient * d);
      c = away_from_zero(1 + coefficient / c);
      change = c * d;
      result *= change;
    }
    if (std::abs(change - 1) < std::numeric_limits<double>::epsilon()) break;
  }
  return result;
}

/// The x with I_x(a,b) = p, by bisection: I_x is monotone, and 60 halvings exhaust a double.
double inverse_incomplete_beta(double a, double b, double p) {
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (incomplete_beta(a, b, middle) < p ? low : high) = middle;
  }
  return (low + high) / 2;
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

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double log_front =
      std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x);
  if (x < (a + 1) / (a + b + 2)) return std::exp(log_front) * beta_fraction(a, b, x) / a;
  return 1 - std::exp(log_front) * beta_fraction(b, a, 1 - x) / b;
}

Interval clopper_pearson(std::size_t successes, std::size_t trials, double confidence) {
  if (trials == 0 || successes > trials) {
    throw UsageError("clopper_pearson: " + std::to_string(successes) + " successes of " +
                     std::to_string(trials) + " trials");
  }
  const auto k = static_cast<double>(successes), n = static_cast<double>(trials);
  const double tail = (1 - confidence) / 2;
  return {successes == 0 ? 0.0 : inverse_incomplete_beta(k, n - k + 1, tail),
          successes == trials ? 1.0 : inverse_incomplete_beta(k + 1, n - k, 1 - tail)};
}

double student_quantile(double degrees, double p) {
  // P(|T| > t) = I_x(degrees/2, 1/2) with x = degrees/(degrees + t²).
  const double x = inverse_incomplete_beta(degrees / 2, 0.5, 2 * (1 - p));
  return std::sqrt(degrees * (1 - x) / x);
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
