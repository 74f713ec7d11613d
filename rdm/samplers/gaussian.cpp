#include "rdm/samplers/gaussian.hpp"

#include <algorithm>
#include <sstream>
#include <string>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "rdm/samplers/parallel.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt {

namespace {

constexpr std::size_t max_batches = 20;

void check(const GaussianOptions& options, std::size_t least_draws) {
  if (!(options.sigma > 0)) {
    throw UsageError("sigma must be positive, got " + std::to_string(options.sigma));
  }
  if (options.draws < least_draws) {
    throw UsageError("a covariance needs at least " + std::to_string(least_draws) + " draws here, got " +
                     std::to_string(options.draws));
  }
}

/// Throws DataError when the losses of a draw are not finite or too large to square.
void check_draw(std::span<const double> losses, std::size_t draw, double sigma) {
  std::ostringstream where;
  where << "in Gaussian draw " << draw << " at sigma " << sigma;
  check_losses(losses, where.str());
}

/// θ + distance·z
void move(ParameterVector theta, double distance, std::span<const double> z, std::vector<double>& moved) {
  for (std::size_t a = 0; a < theta.size(); ++a) moved[a] = theta[a] + distance * z[a];
}

Tensor<double> rows_between(const Tensor<double>& matrix, std::size_t begin, std::size_t end) {
  const std::size_t n = matrix.shape()[1];
  return matrix.subspan(begin * n, Shape{end - begin, n});
}

PairedLosses part_of(const PairedLosses& pairs, std::size_t begin, std::size_t end) {
  PairedLosses part{{}, rows_between(pairs.odd, begin, end), rows_between(pairs.even, begin, end)};
  if (!pairs.linear.empty()) part.linear = rows_between(pairs.linear, begin, end);
  return part;
}

/// estimator(all pairs), and the same for groups of them.
template <class Estimator>
Estimate batched(const PairedLosses& pairs, const Estimator& estimator) {
  Estimate result{estimator(pairs), {}};
  const std::size_t count = pairs.odd.shape()[0], batches = std::min(max_batches, count / 2);
  for (std::size_t b = 0; b < batches; ++b) {
    result.batches.push_back(estimator(part_of(pairs, b * count / batches, (b + 1) * count / batches)));
  }
  return result;
}

/// Adds to C the terms of the odd remainder r: (lin·rᵀ + r·linᵀ + r·rᵀ)/P = (odd·oddᵀ − lin·linᵀ)/P, by
/// columns.
void add_odd_remainder(const PairedLosses& pairs, Tensor<double>& c) {
  const std::size_t count = pairs.odd.shape()[0], n = pairs.odd.shape()[1];
  Tensor<double> remainder(pairs.odd.shape()), sum(pairs.odd.shape());
  for (std::size_t i = 0; i < sum.size(); ++i) {
    remainder.data()[i] = pairs.odd.data()[i] - pairs.linear.data()[i];
    sum.data()[i] = pairs.odd.data()[i] + pairs.linear.data()[i];
  }
  // odd = (sum + r)/2 and lin = (sum − r)/2, so the difference of their squares is (sum·rᵀ + r·sumᵀ)/2: small
  // from the start, where the difference itself would cancel.
  const double weight = 0.5 / static_cast<double>(count);
  for (const auto& [a, b] : {std::pair{&sum, &remainder}, std::pair{&remainder, &sum}}) {
    blas::gemm(blas::Transpose::yes, blas::Transpose::no, n, n, count, weight, a->data(), n, b->data(), n,
               1.0, c.data(), n);
  }
}

void add(const Tensor<double>& from, Tensor<double>& to) {
  std::ranges::transform(from.flat(), to.flat(), to.data(), std::plus<>());
}

}  // namespace

Tensor<double> gaussian_losses(const LossLandscape& landscape, ParameterVector theta,
                               const GaussianOptions& options) {
  check(options, 2);
  const std::size_t p = landscape.parameters();
  const Deviates deviates(options.kind, p, options.seed);
  Tensor<double> losses(Shape{options.draws, landscape.probes()});
  parallel_chunks(options.draws, deviates.block(), options.threads, [&](std::size_t begin, std::size_t end) {
    Tensor<double> z(Shape{end - begin, p});
    deviates.fill(begin, z);
    std::vector<double> moved(p);
    for (std::size_t m = begin; m < end; ++m) {
      move(theta, options.sigma, z.row(m - begin), moved);
      landscape.losses(moved, losses.row(m));
      check_draw(losses.row(m), m, options.sigma);
    }
  });
  return losses;
}

PairedLosses paired_losses(const LossLandscape& landscape, ParameterVector theta,
                           const Tensor<double>& jacobian, const GaussianOptions& options) {
  check(options, 4);
  const std::size_t p = landscape.parameters(), n = landscape.probes(), count = options.draws / 2;
  const Deviates deviates(options.kind, p, options.seed);
  std::vector<double> centre(n);
  landscape.losses(theta, centre);
  PairedLosses pairs{{}, Tensor<double>(Shape{count, n}), Tensor<double>(Shape{count, n})};
  if (!jacobian.empty()) pairs.linear = Tensor<double>(Shape{count, n});
  parallel_chunks(count, deviates.block(), options.threads, [&](std::size_t begin, std::size_t end) {
    Tensor<double> z(Shape{end - begin, p});
    deviates.fill(begin, z);
    if (!jacobian.empty()) {
      blas::gemm(blas::Transpose::no, blas::Transpose::yes, end - begin, n, p, options.sigma, z.data(), p,
                 jacobian.data(), p, 0.0, pairs.linear.data() + begin * n, n);
    }
    std::vector<double> moved(p), plus(n), minus(n);
    for (std::size_t k = begin; k < end; ++k) {
      move(theta, options.sigma, z.row(k - begin), moved);
      landscape.losses(moved, plus);
      move(theta, -options.sigma, z.row(k - begin), moved);
      landscape.losses(moved, minus);
      check_draw(plus, k, options.sigma);
      check_draw(minus, k, options.sigma);
      for (std::size_t i = 0; i < n; ++i) {
        pairs.odd(k, i) = (plus[i] - minus[i]) / 2;
        pairs.even(k, i) = (plus[i] - centre[i] + (minus[i] - centre[i])) / 2;
      }
    }
  });
  return pairs;
}

Tensor<double> odd_covariance(const PairedLosses& pairs) {
  const std::size_t count = pairs.odd.shape()[0], n = pairs.odd.shape()[1];
  Tensor<double> c(Shape{n, n});
  blas::syrk(blas::Transpose::yes, n, count, 1 / static_cast<double>(count), pairs.odd.data(), n, 0.0,
             c.data(), n);
  return c;
}

Tensor<double> even_covariance(const PairedLosses& pairs) {
  return covariance(pairs.even, Divisor::sample);
}

Estimate paired_estimate(const PairedLosses& pairs) {
  return batched(pairs, [](const PairedLosses& part) {
    Tensor<double> c = odd_covariance(part);
    add(even_covariance(part), c);
    return c;
  });
}

Estimate control_variate(const PairedLosses& pairs, const Tensor<double>& linear_covariance) {
  if (pairs.linear.empty()) throw ShapeError("[control_variate] needs the linear part of the losses");
  return batched(pairs, [&](const PairedLosses& part) {
    Tensor<double> c = linear_covariance.clone();
    add_odd_remainder(part, c);
    add(even_covariance(part), c);
    return c;
  });
}

}  // namespace premelt
