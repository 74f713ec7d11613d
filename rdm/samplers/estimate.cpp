#include "rdm/samplers/estimate.hpp"

#include <limits>

#include "engine/blas.hpp"

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
  return std::sqrt(blas::dot(matrix.size(), matrix.data(), matrix.data()));
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

double jackknife_error(const Estimate& estimate,
                       const std::function<double(const Tensor<double>&)>& functional) {
  const std::size_t count = estimate.batches.size();
  if (count < 2) return std::numeric_limits<double>::quiet_NaN();
  const Tensor<double> mean = mean_of(estimate.batches);
  std::vector<double> values;
  double average = 0;
  const double rest = static_cast<double>(count - 1);
  for (const Tensor<double>& batch : estimate.batches) {
    Tensor<double> without(mean.shape());
    for (std::size_t i = 0; i < mean.size(); ++i) {
      without.data()[i] = (static_cast<double>(count) * mean.data()[i] - batch.data()[i]) / rest;
    }
    values.push_back(functional(without));
    average += values.back() / static_cast<double>(count);
  }
  double squares = 0;
  for (double value : values) squares += (value - average) * (value - average);
  return std::sqrt(squares * rest / static_cast<double>(count));
}

}  // namespace premelt
