#include "rdm/proposition/jacobian.hpp"

#include <algorithm>
#include <array>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"
#include "rdm/samplers/gaussian.hpp"
#include "rdm/samplers/parallel.hpp"
#include "rdm/window/loss_window.hpp"

namespace premelt {

namespace {

/// A·Bᵀ for A (m,k) and B (n,k).
Tensor<double> times_transpose(const Tensor<double>& a, const Tensor<double>& b) {
  const std::size_t m = a.shape()[0], n = b.shape()[0], k = a.shape()[1];
  Tensor<double> c(Shape{m, n});
  blas::gemm(blas::Transpose::no, blas::Transpose::yes, m, n, k, 1.0, a.data(), k, b.data(), k, 0.0, c.data(),
             n);
  return c;
}

void add(const Tensor<double>& from, double weight, Tensor<double>& to) {
  for (std::size_t i = 0; i < to.size(); ++i) to.data()[i] += weight * from.data()[i];
}

/// Sums over one group of directions.
struct Sums {
  Tensor<double> products;   ///< Σ_v (H_iv)·(H_jv), (n,n)
  Tensor<double> gradients;  ///< Σ_v T_i[v,v,·], (n,p)
  std::size_t directions = 0;
};

/// Direction number `k`: a unit vector, or random signs.
void set_direction(std::size_t k, bool exact, std::uint64_t key, std::vector<double>& v) {
  if (exact) {
    std::ranges::fill(v, 0.0);
    v[k] = 1;
    return;
  }
  Rng rng(Rng::State{key, k * v.size()});
  for (double& sign : v) sign = rng.bits() >> 63 != 0 ? 1 : -1;
}

/// ½Σ/weight and ½(UGᵀ + GUᵀ)/weight.
std::array<Tensor<double>, 2> terms_of(const Sums& sums, const Tensor<double>& jacobian, double weight) {
  Tensor<double> hessian(sums.products.shape(), 0.0);
  add(sums.products, weight / 2, hessian);
  const Tensor<double> slopes = times_transpose(sums.gradients, jacobian);
  Tensor<double> third(slopes.shape());
  for (std::size_t i = 0; i < third.shape()[0]; ++i) {
    for (std::size_t j = 0; j < third.shape()[1]; ++j)
      third(i, j) = weight / 2 * (slopes(i, j) + slopes(j, i));
  }
  return {hessian, third};
}

}  // namespace

Tensor<double> linear_covariance(const Tensor<double>& jacobian, double sigma) {
  const std::size_t n = jacobian.shape()[0], p = jacobian.shape()[1];
  Tensor<double> c(Shape{n, n});
  blas::syrk(blas::Transpose::no, n, p, sigma * sigma, jacobian.data(), p, 0.0, c.data(), n);
  return c;
}

Tensor<double> trajectory_covariance(const Tensor<double>& jacobian, const Tensor<double>& trajectory) {
  if (trajectory.rank() != 2 || trajectory.shape()[1] != jacobian.shape()[1]) {
    throw ShapeError("[trajectory_covariance] G " + to_string(jacobian.shape()) + " and trajectory " +
                     to_string(trajectory.shape()) + " must have the same number of columns");
  }
  const Tensor<double> moves = times_transpose(jacobian, detrended(trajectory, Detrend::none));
  const std::size_t n = moves.shape()[0], w = moves.shape()[1];
  Tensor<double> c(Shape{n, n});
  blas::syrk(blas::Transpose::no, n, w, 1 / static_cast<double>(w), moves.data(), w, 0.0, c.data(), n);
  return c;
}

Tensor<double> mean_position(const Tensor<double>& trajectory) {
  Tensor<double> mean(Shape{trajectory.shape()[1]}, 0.0);
  const double weight = 1 / static_cast<double>(trajectory.shape()[0]);
  for (std::size_t t = 0; t < trajectory.shape()[0]; ++t) {
    for (std::size_t a = 0; a < mean.size(); ++a) mean(a) += weight * trajectory(t, a);
  }
  return mean;
}

SecondOrder second_order(const LossLandscape& landscape, ParameterVector theta,
                         const Tensor<double>& jacobian, const SecondOrderOptions& options) {
  const std::size_t n = landscape.probes(), p = landscape.parameters();
  const bool exact = p <= options.exact_up_to;
  const std::size_t directions = exact ? p : options.directions,
                    groups = std::min<std::size_t>(20, directions);
  const std::uint64_t key = Rng(options.seed, "directions").state().key;
  std::vector<Sums> sums(groups);
  parallel_chunks(groups, 1, options.threads, [&](std::size_t group, std::size_t) {
    Sums& mine = sums[group];
    mine = {Tensor<double>(Shape{n, n}, 0.0), Tensor<double>(Shape{n, p}, 0.0)};
    std::vector<double> v(p);
    for (std::size_t k = group; k < directions; k += groups, ++mine.directions) {
      set_direction(k, exact, key, v);
      const Tensor<double> products = landscape.hessian_products(theta, v);
      blas::syrk(blas::Transpose::no, n, p, 1.0, products.data(), p, 1.0, mine.products.data(), n);
      add(landscape.third_products(theta, v), 1, mine.gradients);
    }
  });
  SecondOrder result{{Tensor<double>(Shape{n, n}, 0.0), {}}, {Tensor<double>(Shape{n, n}, 0.0), {}}, exact};
  for (const Sums& group : sums) {
    const double all = exact ? 1 : 1 / static_cast<double>(directions);
    const auto [hessian, third] = terms_of(group, jacobian, all);
    add(hessian, 1, result.hessian.covariance);
    add(third, 1, result.third.covariance);
    if (exact) continue;
    const auto own = terms_of(group, jacobian, 1 / static_cast<double>(group.directions));
    result.hessian.batches.push_back(own[0]);
    result.third.batches.push_back(own[1]);
  }
  return result;
}

Tensor<double> second_order_covariance(const Tensor<double>& linear_covariance, const SecondOrder& terms,
                                       double sigma) {
  Tensor<double> c = linear_covariance.clone();
  const double fourth = sigma * sigma * sigma * sigma;
  add(terms.hessian.covariance, fourth, c);
  add(terms.third.covariance, fourth, c);
  return c;
}

double Bracket::least_eigenvalue() const {
  const double largest = blas::symmetric_eigenvalues(covariance)(0);
  const auto least = [&](const Tensor<double>& above, const Tensor<double>& below) {
    Tensor<double> difference = above.clone();
    add(below, -1, difference);
    return blas::symmetric_eigenvalues(difference).flat().back();
  };
  return std::min(least(covariance, lower), least(upper, covariance)) / largest;
}

Bracket poincare_bracket(const LossLandscape& landscape, ParameterVector theta, double sigma,
                         std::size_t pairs, std::uint64_t seed, std::size_t threads) {
  const std::size_t n = landscape.probes(), p = landscape.parameters();
  const Tensor<double> jacobian = landscape.jacobian(theta);
  const PairedLosses losses = paired_losses(
      landscape, theta, jacobian, {.sigma = sigma, .draws = 2 * pairs, .seed = seed, .threads = threads});
  const Deviates deviates(DrawKind::independent, p, seed);
  const std::size_t chunks = (pairs + deviates.block() - 1) / deviates.block();
  std::vector<Tensor<double>> means(chunks), grams(chunks);
  parallel_chunks(pairs, deviates.block(), threads, [&](std::size_t begin, std::size_t end) {
    Tensor<double> z(Shape{end - begin, p}), mean(Shape{n, p}, 0.0), gram(Shape{n, n}, 0.0);
    deviates.fill(begin, z);
    std::vector<double> moved(p);
    for (std::size_t k = 0; k < end - begin; ++k) {
      for (const double side : {sigma, -sigma}) {
        for (std::size_t a = 0; a < p; ++a) moved[a] = theta[a] + side * z(k, a);
        const Tensor<double> g = landscape.jacobian(moved);
        add(g, 0.5 / static_cast<double>(pairs), mean);
        blas::syrk(blas::Transpose::no, n, p, 0.5 * sigma * sigma / static_cast<double>(pairs), g.data(), p,
                   1.0, gram.data(), n);
      }
    }
    means[begin / deviates.block()] = mean;
    grams[begin / deviates.block()] = gram;
  });
  Tensor<double> mean(Shape{n, p}, 0.0), upper(Shape{n, n}, 0.0);
  for (std::size_t c = 0; c < chunks; ++c) {
    add(means[c], 1, mean);
    add(grams[c], 1, upper);
  }
  return {linear_covariance(mean, sigma),
          control_variate(losses, linear_covariance(jacobian, sigma)).covariance, upper};
}

}  // namespace premelt
