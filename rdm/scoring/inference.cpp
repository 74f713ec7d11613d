#include "rdm/scoring/inference.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <numeric>

#include "engine/tensor/numbers.hpp"
#include "engine/tensor/random.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

/// How often each of n is among n draws with replacement.
std::vector<std::uint32_t> draw(std::size_t n, Rng& random) {
  std::vector<std::uint32_t> counts(n);
  for (std::size_t i = 0; i < n; ++i) ++counts[random.below(n)];
  return counts;
}

}  // namespace

std::vector<Sample> resamples(std::size_t runs, std::size_t controls, std::string_view stream,
                              std::size_t count) {
  Rng random(0, stream);
  std::vector<Sample> samples;
  for (std::size_t b = 0; b < count; ++b) {
    std::vector<std::uint32_t> of_runs = draw(runs, random);
    samples.push_back({std::move(of_runs), draw(controls, random)});
  }
  return samples;
}

Interval percentile_interval(std::vector<double> values) {
  if (values.empty()) return {undefined, undefined};
  std::ranges::sort(values);
  const auto last = static_cast<double>(values.size() - 1);
  return {values[static_cast<std::size_t>(std::floor(0.025 * last))],
          values[static_cast<std::size_t>(std::ceil(0.975 * last))]};
}

Interval rate_interval(double rate, std::span<const double> resampled, std::size_t most) {
  const auto size = static_cast<double>(resampled.size());
  const double mean = std::accumulate(resampled.begin(), resampled.end(), 0.0) / size;
  double variance = 0;
  for (double x : resampled) variance += (x - mean) * (x - mean) / size;
  const double spread = rate * (1 - rate);
  const double n =
      variance > 0 ? std::min(static_cast<double>(most), spread / variance) : static_cast<double>(most);
  return {rate == 0 ? 0.0 : boost::math::ibeta_inv(n * rate, n * (1 - rate) + 1, 0.025),
          rate == 1 ? 1.0 : boost::math::ibeta_inv(n * rate + 1, n * (1 - rate), 0.975)};
}

Interval median_interval(std::span<const double> values, std::string_view stream) {
  Rng random(0, stream);
  std::vector<double> medians, drawn(values.size());
  for (std::size_t b = 0; b < resample_count; ++b) {
    for (double& x : drawn) x = values[random.below(values.size())];
    medians.push_back(median(drawn));
  }
  return percentile_interval(std::move(medians));
}

double sign_test(std::span<const double> differences) {
  const auto positive = std::ranges::count_if(differences, [](double x) { return x > 0; });
  const auto negative = std::ranges::count_if(differences, [](double x) { return x < 0; });
  const auto n = static_cast<double>(positive + negative),
             more = static_cast<double>(std::max(positive, negative));
  if (n == 0) return 1;
  // P(X >= k) of X ~ B(n, 1/2) is the incomplete beta function I_{1/2}(k, n - k + 1).
  return std::min(1.0, 2 * boost::math::ibeta(more, n - more + 1, 0.5));
}

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (!std::isnan(p_values[i])) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  std::vector<double> corrected(p_values.size(), undefined);
  double so_far = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    so_far =
        std::max(so_far, std::min(1.0, p_values[order[rank]] * static_cast<double>(order.size() - rank)));
    corrected[order[rank]] = so_far;
  }
  return corrected;
}

}  // namespace premelt
