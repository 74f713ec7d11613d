#include "rdm/samplers/estimate.hpp"

#include <limits>

#include "rdm/window/spectrum.hpp"

namespace premelt {

namespace {

Tensor<double> mean_of(const std::vector<Tensor<double>>& matrices) {
  Tensor<double> mean(matrices.front().shape(), 0.0);
  for (const Tensor<double>& matrix : matrices) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean.data()[i] += matrix.data()[i];
  }
  for (double& x : mean.flat()) x /= static_cast<double>(matrices.size());
  return mean;
}

}  // namespace

double frobenius_norm(const Tensor<double>& matrix) {
  return norm(matrix.flat());
}

double Estimate::standard_error() const {
  if (batches.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const auto count = static_cast<double>(batches.size());
  const Tensor<double> mean = mean_of(batches);
  double squares = 0;
  for (const Tensor<double>& batch : batches) {
    for (std::size_t i = 0; i < mean.size(); ++i) squares += std::pow(batch.data()[i] - mean.data()[i], 2);
  }
  return std::sqrt(squares / (count * (count - 1)));
}

std::vector<Tensor<double>> leave_one_out(const Estimate& estimate) {
  const std::size_t count = estimate.batches.size();
  if (count < 2) return {};
  const Tensor<double> mean = mean_of(estimate.batches);
  std::vector<Tensor<double>> result;
  for (const Tensor<double>& batch : estimate.batches) {
    Tensor<double>& without = result.emplace_back(mean.shape());
    for (std::size_t i = 0; i < mean.size(); ++i) {
      without.data()[i] =
          (static_cast<double>(count) * mean.data()[i] - batch.data()[i]) / static_cast<double>(count - 1);
    }
  }
  return result;
}

double jackknife_error(std::span<const double> without) {
  if (without.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const auto count = static_cast<double>(without.size());
  double average = 0, squares = 0;
  for (double value : without) average += value / count;
  for (double value : without) squares += (value - average) * (value - average);
  return std::sqrt(squares * (count - 1) / count);
}

}  // namespace premelt
