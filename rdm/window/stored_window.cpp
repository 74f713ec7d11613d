#include "rdm/window/stored_window.hpp"

#include <algorithm>
#include <string>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {
namespace {

void check_inside(const char* caller, const NpyRows& losses, std::size_t last, std::size_t window) {
  if (window == 0 || last + 1 < window || last >= losses.shape()[0]) {
    throw ShapeError("[" + std::string(caller) + "] a window of " + std::to_string(window) +
                     " recordings ending at recording " + std::to_string(last) +
                     " does not lie inside losses " + to_string(losses.shape()));
  }
}

/// Variance of one probe's losses over the W recordings from `first` on (divisor W), from differences to the
/// first of them: they keep the digits of a small change on a large loss.
double variance(const NpyRows& losses, std::size_t first, std::size_t window, std::size_t probe) {
  const auto count = static_cast<double>(window);
  double sum = 0, squares = 0;
  for (std::size_t t = first; t < first + window; ++t) {
    const double change = losses(t, probe) - losses(first, probe);
    sum += change;
    squares += change * change;
  }
  return std::max(0.0, squares / count - sum * sum / (count * count));
}

void centre_column(Tensor<double>& matrix, std::size_t column) {
  const std::size_t rows = matrix.shape()[0];
  double mean = 0;
  for (std::size_t row = 0; row < rows; ++row) mean += matrix(row, column);
  mean /= static_cast<double>(rows);
  for (std::size_t row = 0; row < rows; ++row) matrix(row, column) -= mean;
}

}  // namespace

Tensor<double> window_covariance(const NpyRows& losses, std::size_t last, std::size_t window,
                                 const std::vector<std::vector<std::size_t>>& groups) {
  check_inside("window_covariance", losses, last, window);
  const std::size_t first = last + 1 - window;
  Tensor<double> centred(Shape{window, groups.size()}, 0.0);
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const double share = 1 / static_cast<double>(groups[group].size());
    for (const std::size_t probe : groups[group]) {
      for (std::size_t row = 0; row < window; ++row) {
        // Differences to the window's first recording keep the digits of a small change on a large loss.
        centred(row, group) += share * (losses(first + row, probe) - losses(first, probe));
      }
    }
    centre_column(centred, group);
  }
  Tensor<double> covariance(Shape{groups.size(), groups.size()});
  blas::syrk(blas::Transpose::yes, groups.size(), window, 1 / static_cast<double>(window), centred.data(),
             groups.size(), 0.0, covariance.data(), groups.size());
  return covariance;
}

std::vector<double> window_energy_shares(const NpyRows& losses, std::size_t last, std::size_t window,
                                         const Blocks& blocks) {
  check_inside("window_energy_shares", losses, last, window);
  std::vector<double> shares(blocks.size(), 0.0);
  double trace = 0;
  for (std::size_t probe = 0; probe < blocks.probes(); ++probe) {
    const double energy = variance(losses, last + 1 - window, window, probe);
    shares[blocks.block_of_probe()[probe]] += energy;
    trace += energy;
  }
  for (double& share : shares) share /= trace;
  return shares;
}

std::vector<double> group_means(const std::vector<double>& values,
                                const std::vector<std::vector<std::size_t>>& groups) {
  std::vector<double> means;
  for (const auto& group : groups) {
    double sum = 0;
    for (const std::size_t probe : group) sum += values[probe];
    means.push_back(sum / static_cast<double>(group.size()));
  }
  return means;
}

}  // namespace premelt
