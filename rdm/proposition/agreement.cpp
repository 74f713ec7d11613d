#include "rdm/proposition/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "rdm/proposition/distances.hpp"
#include "rdm/samplers/estimate.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt {

namespace {

constexpr std::size_t leading = 3;  // eigenvectors whose principal angles are told

std::vector<Measured> without_errors(const std::vector<double>& values) {
  std::vector<Measured> result(values.size());
  std::ranges::transform(values, result.begin(), [](double value) { return Measured{.value = value}; });
  return result;
}

void list(CovarianceSummary& summary, std::vector<Measured*>& all) {
  all.insert(all.end(), {&summary.shc, &summary.pr, &summary.within});
  for (Measured& share : summary.energy) all.push_back(&share);
  for (Measured& share : summary.top_share) all.push_back(&share);
}

/// Every number of an agreement, in a fixed order.
std::vector<Measured*> every_measure(Agreement& agreement) {
  std::vector<Measured*> all{&agreement.error, &agreement.shc_ratio, &agreement.pr_ratio,
                             &agreement.top_overlap};
  for (Measured& angle : agreement.angles) all.push_back(&angle);
  list(agreement.own, all);
  list(agreement.linear, all);
  return all;
}

/// The jackknife's standard error of a matrix, √Σ over its elements.
double matrix_error(const std::vector<Agreement>& without) {
  const std::size_t size = without.front().own.covariance.size();
  std::vector<double> values(without.size());
  double squares = 0;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t b = 0; b < without.size(); ++b) values[b] = without[b].own.covariance.data()[i];
    squares += std::pow(jackknife_error(values), 2);
  }
  return std::sqrt(squares);
}

}  // namespace

std::string to_string(const Measured& measured) {
  const auto [value, error, below] = measured;
  if (!std::isnan(below)) return "< " + short_number(below);
  if (std::isnan(value) || std::isnan(error)) return short_number(value);
  char text[64];
  if (error <= 1e-12 * std::abs(value)) {  // known exactly, but for rounding
    std::snprintf(text, sizeof text, "%.4g", value);
  } else if (std::abs(value) < 0.01 || error < 1e-5) {
    std::snprintf(text, sizeof text, "%s ± %.0e", short_number(value).c_str(), error);
  } else {
    const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(error))));
    std::snprintf(text, sizeof text, "%.*f ± %.*f", decimals, value, decimals, error);
  }
  return text;
}

CovarianceSummary summarise(const Tensor<double>& covariance, const Blocks& blocks) {
  const Spectrum top = matrix_spectrum(covariance, 1);
  const Tensor<double> couplings = block_couplings(covariance, blocks);
  CovarianceSummary summary;
  summary.covariance = covariance;
  summary.shc.value = top.moments.spectral_heat_capacity();
  summary.pr.value = top.moments.participation_ratio();
  summary.energy = without_errors(energy_shares(covariance, blocks));
  summary.top_share = without_errors(mode_shares(top.modes.row(0), blocks));
  summary.within.value = 0;
  for (std::size_t b = 0; b < blocks.size(); ++b) summary.within.value += couplings(b, b);
  return summary;
}

Agreement agree(const Tensor<double>& covariance, const Tensor<double>& linear, const Blocks& blocks) {
  Agreement agreement;
  agreement.own = summarise(covariance, blocks);
  if (linear.empty()) return agreement;
  agreement.linear = summarise(linear, blocks);
  agreement.error.value = relative_error(linear, covariance);
  agreement.shc_ratio.value = agreement.own.shc.value / agreement.linear.shc.value;
  agreement.pr_ratio.value = agreement.own.pr.value / agreement.linear.pr.value;
  agreement.top_overlap.value = top_overlap(covariance, linear);
  agreement.angles = without_errors(principal_angles(covariance, linear, std::min(leading, blocks.probes())));
  agreement.angles.resize(leading);
  return agreement;
}

void set_errors(Agreement& agreement, std::vector<Agreement> without) {
  const std::vector<Measured*> measures = every_measure(agreement);
  std::vector<std::vector<double>> values(measures.size());
  for (Agreement& one : without) {
    const std::vector<Measured*> others = every_measure(one);
    for (std::size_t i = 0; i < measures.size(); ++i) values[i].push_back(others[i]->value);
  }
  for (std::size_t i = 0; i < measures.size(); ++i) measures[i]->error = jackknife_error(values[i]);
  if (without.size() < 2) return;
  agreement.mc_error = matrix_error(without) / frobenius_norm(agreement.own.covariance);
}

void remove_bias(Agreement& agreement, const std::vector<Agreement>& without) {
  const auto count = static_cast<double>(without.size());
  const auto mend = [&](Measured& measure, const auto& of, double least, double most) {
    double mean = 0;
    for (const Agreement& one : without) mean += of(one) / count;
    const double mended = count * measure.value - (count - 1) * mean;
    if (!std::isnan(mended)) measure.value = std::clamp(mended, least, most);
  };
  const double infinity = std::numeric_limits<double>::infinity(),
               probes = agreement.own.covariance.empty()
                            ? infinity
                            : static_cast<double>(agreement.own.covariance.shape()[0]);
  mend(
      agreement.error, [](const Agreement& a) { return a.error.value; }, 0, infinity);
  mend(
      agreement.own.pr, [](const Agreement& a) { return a.own.pr.value; }, 1, probes);
  mend(
      agreement.linear.pr, [](const Agreement& a) { return a.linear.pr.value; }, 1, probes);
}

}  // namespace premelt
