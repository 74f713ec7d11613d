#include "models/tasks/modular_task.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <numeric>
#include <span>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"

namespace premelt {

namespace {

/// The pairs numbered a·p + b, with the labels of all p² pairs.
Pairs pick(std::span<const std::int64_t> numbers, std::size_t modulus,
           const std::vector<std::int64_t>& labels) {
  const Shape shape{numbers.size()};
  Pairs pairs{Indices(shape), Indices(shape), Indices(shape)};
  const auto p = static_cast<std::int64_t>(modulus);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    pairs.first(i) = numbers[i] / p;
    pairs.second(i) = numbers[i] % p;
    pairs.labels(i) = labels[static_cast<std::size_t>(numbers[i])];
  }
  return pairs;
}

/// (a+b) mod p for every pair, or, as a control, the same labels in random order.
std::vector<std::int64_t> all_labels(const Hyperparameters& parameters, std::size_t modulus) {
  std::vector<std::int64_t> labels;
  for (std::size_t pair = 0; pair < modulus * modulus; ++pair) {
    labels.push_back(static_cast<std::int64_t>((pair / modulus + pair % modulus) % modulus));
  }
  if (parameters.text("control") == "random_labels") {
    Rng rng(parameters.count("seed"), "labels");
    shuffle(labels, rng);
  }
  return labels;
}

double trained_fraction(const Hyperparameters& parameters) {
  if (!(parameters.number("fraction") <= 1))
    throw UsageError("parameter 'fraction': expected a share of the pairs, at most 1");
  return parameters.text("control") == "low_fraction" ? 0.2 : parameters.number("fraction");
}

}  // namespace

Pairs some(const Pairs& all, std::span<const std::size_t> numbers) {
  const Shape shape{numbers.size()};
  Pairs pairs{Indices(shape), Indices(shape), Indices(shape)};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    pairs.first(i) = all.first(numbers[i]);
    pairs.second(i) = all.second(numbers[i]);
    pairs.labels(i) = all.labels(numbers[i]);
  }
  return pairs;
}

ModularTask::ModularTask(const Hyperparameters& parameters) : modulus_(parameters.count("modulus")) {
  if (modulus_ % 2 == 0) throw UsageError("parameter 'modulus': expected an odd number");
  std::vector<std::int64_t> order(modulus_ * modulus_);
  std::iota(order.begin(), order.end(), 0);
  Rng rng(parameters.count("seed"), "data");
  shuffle(order, rng);

  const std::size_t half = parameters.count("probes") / 2;
  const auto count =
      static_cast<std::size_t>(trained_fraction(parameters) * static_cast<double>(order.size()));
  if (count < half || count + half > order.size()) {
    throw UsageError("parameter 'fraction': training and test pairs must each hold half the probes (" +
                     std::to_string(half) + " of " + std::to_string(order.size()) + " pairs)");
  }
  const std::vector<std::int64_t> labels = all_labels(parameters, modulus_);
  const std::span<const std::int64_t> all(order);
  train_ = pick(all.first(count), modulus_, labels);
  test_ = pick(all.subspan(count), modulus_, labels);
  std::vector<std::int64_t> probes;
  std::ranges::copy(all.subspan(count, half), std::back_inserter(probes));
  std::ranges::copy(all.first(half), std::back_inserter(probes));
  probes_ = pick(probes, modulus_, labels);
  blocks_.assign(half, "test");
  blocks_.insert(blocks_.end(), half, "train");
}

double fourier_power(const Tensor<double>& embedding) {
  const std::size_t p = embedding.shape()[0], units = embedding.shape()[1], frequencies = (p - 1) / 2;
  Tensor<double> basis(Shape{2 * frequencies, p}), waves(Shape{2 * frequencies, units});
  for (std::size_t k = 0; k < frequencies; ++k) {
    for (std::size_t a = 0; a < p; ++a) {
      const double angle =
          2 * std::numbers::pi * static_cast<double>((k + 1) * a % p) / static_cast<double>(p);
      basis(2 * k, a) = std::cos(angle);
      basis(2 * k + 1, a) = std::sin(angle);
    }
  }
  blas::gemm(blas::Transpose::no, blas::Transpose::no, 2 * frequencies, units, p, 1.0, basis.data(), p,
             embedding.data(), units, 0.0, waves.data(), units);
  double largest = 0, total = 0;
  for (std::size_t n = 0; n < units; ++n) {
    double peak = 0;
    for (std::size_t k = 0; k < frequencies; ++k) {
      const double power = std::pow(waves(2 * k, n), 2) + std::pow(waves(2 * k + 1, n), 2);
      peak = std::max(peak, power);
      total += power;
    }
    largest += peak;
  }
  return largest / total;
}

}  // namespace premelt
