/// What the error bars of `premelt compare` are worth: how often the 95 % interval made of each covers the
/// truth, over repetitions on landscapes whose covariances are known in closed form.

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "engine/linalg/blas.hpp"
#include "rdm/proposition/comparison.hpp"
#include "rdm/proposition/distances.hpp"
#include "rdm/proposition/jacobian.hpp"
#include "rdm/window/statistics.hpp"
#include "tests/rdm/samplers/landscapes.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr std::size_t repetitions = 200;

/// A quadratic loss plus Σ_a k_ia θ_a³.
struct Cubic {
  Quadratic quadratic;
  Tensor<double> cubes;  ///< k (n,p)

  Cubic(std::size_t n, std::size_t p, std::uint64_t seed) : quadratic(n, p, seed), cubes(Shape{n, p}) {
    Rng rng(seed, "cubes");
    cubes = normal_tensor<double>(Shape{n, p}, rng, 0.5);
  }

  /// Has to outlive the landscape.
  FunctionLandscape landscape() const {
    const auto quadratic_part = std::make_shared<FunctionLandscape>(quadratic.landscape());
    const auto add = [this](Tensor<double> rows, auto factor) {
      for (std::size_t i = 0; i < cubes.shape()[0]; ++i) {
        for (std::size_t a = 0; a < cubes.shape()[1]; ++a) rows(i, a) += cubes(i, a) * factor(a);
      }
      return rows;
    };
    return {
        quadratic.probes(),
        quadratic.parameters(),
        {.losses =
             [=, this](ParameterVector theta, std::span<double> losses) {
               quadratic_part->losses(theta, losses);
               for (std::size_t i = 0; i < losses.size(); ++i) {
                 for (std::size_t a = 0; a < theta.size(); ++a)
                   losses[i] += cubes(i, a) * std::pow(theta[a], 3);
               }
             },
         .jacobian =
             [=](ParameterVector theta) {
               return add(quadratic_part->jacobian(theta), [&](auto a) { return 3 * theta[a] * theta[a]; });
             },
         .hessian_products =
             [=](ParameterVector theta, ParameterVector v) {
               return add(quadratic_part->hessian_products(theta, v),
                          [&](auto a) { return 6 * theta[a] * v[a]; });
             },
         .third_products =
             [=](ParameterVector theta, ParameterVector v) {
               return add(quadratic_part->third_products(theta, v), [&](auto a) { return 6 * v[a] * v[a]; });
             }}};
  }

  /// C at θ = 0 for N(0, σ²I): Isserlis, with E z⁴ = 3 and E z⁶ = 15; exact.
  Tensor<double> covariance(double sigma) const {
    const std::size_t n = quadratic.probes(), p = quadratic.parameters();
    const Tensor<double>&g = quadratic.slopes, &k = cubes;
    Tensor<double> c =
        quadratic.covariance(Tensor<double>(Shape{p}, 0.0).flat(), scaled_identity(p, sigma * sigma));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t a = 0; a < p; ++a) {
          c(i, j) += 3 * std::pow(sigma, 4) * (g(i, a) * k(j, a) + k(i, a) * g(j, a)) +
                     15 * std::pow(sigma, 6) * k(i, a) * k(j, a);
        }
      }
    }
    return c;
  }
};

const std::vector<std::string> names{"a", "b", "a", "b", "b", "a", "b"};

/// How often intervals cover the truth, by measure.
class Coverage {
 public:
  explicit Coverage(std::size_t groups) : factor_(interval_factor(groups)) {}

  void add(const std::string& measure, const Measured& found, double truth) {
    Count& count = counts_[measure];
    if (!std::isnan(found.below)) {
      ++count.bounds;
      count.covered += truth <= found.below;
      return;
    }
    ++count.bars;
    count.covered += std::abs(found.value - truth) <= factor_ * found.error;
  }

  void add(const Agreement& found, const Agreement& truth) {
    add("error", found.error, truth.error.value);
    add("SHC ratio", found.shc_ratio, truth.shc_ratio.value);
    add("PR ratio", found.pr_ratio, truth.pr_ratio.value);
    add("overlap", found.top_overlap, truth.top_overlap.value);
    for (std::size_t k = 0; k < 3; ++k)
      add("angle " + std::to_string(k + 1), found.angles[k], truth.angles[k].value);
    add(found.own, truth.own, "");
  }

  void add(const CovarianceSummary& found, const CovarianceSummary& truth, const std::string& of) {
    add("SHC" + of, found.shc, truth.shc.value);
    add("PR" + of, found.pr, truth.pr.value);
    add("within" + of, found.within, truth.within.value);
    for (std::size_t b = 0; b < truth.energy.size(); ++b) {
      add("energy " + std::to_string(b) + of, found.energy[b], truth.energy[b].value);
      add("top share " + std::to_string(b) + of, found.top_share[b], truth.top_share[b].value);
    }
  }

  /// Every measure's intervals cover in 90 to 98 % of repetitions; bounds, which are one-sided, in 90 % or
  /// more.
  void check(const std::string& what) const {
    for (const auto& [measure, count] : counts_) {
      const double rate = count.rate();
      INFO(what << ", " << measure << ": covered in " << 100 * rate << " %, " << count.bounds << " bounds");
      CHECK(rate >= 0.9);
      CHECK(rate <= (count.bounds > count.bars ? 1 : 0.98));
    }
  }

  std::size_t bounds(const std::string& measure) const { return counts_.at(measure).bounds; }
  double rate(const std::string& measure) const { return counts_.at(measure).rate(); }

 private:
  struct Count {
    std::size_t covered = 0, bars = 0, bounds = 0;

    double rate() const { return static_cast<double>(covered) / static_cast<double>(bars + bounds); }
  };
  double factor_;
  std::map<std::string, Count> counts_;
};

/// Mean and covariance of Langevin steps ε on U = NβL + γ/2‖θ−θ₀‖² with quadratic losses: the minimum of U,
/// and [A(I − εA/4)]⁻¹ with A its curvature.
std::pair<Tensor<double>, Tensor<double>> stationary(const LossLandscape& landscape,
                                                     const Tensor<double>& start, const SgldOptions& chain) {
  const std::size_t p = start.size();
  const double weight = chain.beta * static_cast<double>(chain.samples);
  Tensor<double> curvature = scaled_identity(p, chain.localisation), mean = start.clone(),
                 sigma(Shape{p, p}, 0.0);
  for (std::size_t a = 0; a < p; ++a) {
    const Tensor<double> products = landscape.hessian_products(start.flat(), scaled_identity(p, 1).row(a));
    for (std::size_t i = 0; i < landscape.probes(); ++i) {
      for (std::size_t b = 0; b < p; ++b)
        curvature(a, b) += weight * products(i, b) / static_cast<double>(landscape.probes());
    }
  }
  const auto pairs = blas::symmetric_eigen(curvature, p);
  const Tensor<double> slope = landscape.mean_gradient(start.flat());
  for (std::size_t k = 0; k < p; ++k) {
    const double stiffness = pairs.values(k);
    double along = 0;
    for (std::size_t a = 0; a < p; ++a) along += pairs.vectors(k, a) * weight * slope(a) / stiffness;
    for (std::size_t a = 0; a < p; ++a) {
      mean(a) -= along * pairs.vectors(k, a);
      for (std::size_t b = 0; b < p; ++b) {
        sigma(a, b) +=
            pairs.vectors(k, a) * pairs.vectors(k, b) / (stiffness * (1 - chain.step * stiffness / 4));
      }
    }
  }
  return {mean, sigma};
}

}  // namespace

TEST_CASE("compare: 95 % intervals of every Gaussian measure cover the truth", "[property][coverage]") {
  // A landscape of its own for every repetition, so that none had to be chosen.
  const Tensor<double> theta(Shape{8}, 0.0);
  const Blocks blocks(names);
  const std::vector<double> sigmas{0.03, 0.1, 0.25};
  std::vector<Coverage> found(sigmas.size(), Coverage(20));
  for (std::uint64_t seed = 1; seed <= repetitions; ++seed) {
    const Cubic cubic(7, 8, seed);
    const FunctionLandscape landscape = cubic.landscape();
    const auto results =
        compare_gaussian(landscape, theta.flat(), blocks, {.sigmas = sigmas, .draws = 3200, .seed = seed});
    for (std::size_t s = 0; s < sigmas.size(); ++s) {
      found[s].add(results[s].agreement, agree(cubic.covariance(sigmas[s]),
                                               linear_covariance(cubic.quadratic.slopes, sigmas[s]), blocks));
    }
  }
  for (std::size_t s = 0; s < sigmas.size(); ++s) found[s].check("sigma " + std::to_string(sigmas[s]));
}

TEST_CASE("compare: the second order's error is a covered number, or a covered bound near the floor",
          "[property][coverage]") {
  // The error of the second order is 15σ⁶‖kkᵀ‖/‖C‖; for a quadratic loss it is exactly zero.
  const Cubic cubic(4, 5, 2);
  const FunctionLandscape cubic_landscape = cubic.landscape(),
                          quadratic_landscape = cubic.quadratic.landscape();
  const Tensor<double> theta(Shape{5}, 0.0);
  const std::vector<std::string> block(4, "all");
  const Blocks blocks(block);
  const std::vector<double> sigmas{0.05, 0.3, 0.5, 0.7};
  std::vector<Coverage> found(sigmas.size(), Coverage(20));
  Coverage exact(20);
  std::size_t zeros = 0;
  for (std::uint64_t seed = 1; seed <= repetitions; ++seed) {
    const ComparisonOptions options{.sigmas = sigmas, .draws = 6400, .seed = seed};
    const auto results = compare_gaussian(cubic_landscape, theta.flat(), blocks, options);
    for (std::size_t s = 0; s < sigmas.size(); ++s) {
      found[s].add("second order", results[s].error_order2.measured,
                   relative_error(results[s].second.covariance, cubic.covariance(sigmas[s])));
    }
    const Measured nothing =
        compare_gaussian(quadratic_landscape, theta.flat(), blocks, options)[1].error_order2.measured;
    exact.add("second order", nothing, 0);
    zeros += nothing.value == 0;
  }
  for (std::size_t s = 0; s < sigmas.size(); ++s) found[s].check("sigma " + std::to_string(sigmas[s]));
  exact.check("quadratic");
  // The squared norm of a difference that is noise alone, less that noise, is as often below zero as above.
  CHECK(zeros >= repetitions / 4);
  CHECK(zeros <= 3 * repetitions / 4);
  CHECK(found.front().bounds("second order") == repetitions);
  CHECK(found.back().bounds("second order") == 0);
}

TEST_CASE("compare: draws shared by all sigma make the slope's error small, and its bar knows",
          "[property][coverage]") {
  const Cubic cubic(7, 8, 3);
  const FunctionLandscape landscape = cubic.landscape();
  const Tensor<double> theta(Shape{8}, 0.0);
  const Blocks blocks(names);
  const std::vector<double> sigmas{0.02, 0.04};
  std::vector<double> truth;
  for (double sigma : sigmas) {
    truth.push_back(
        relative_error(linear_covariance(cubic.quadratic.slopes, sigma), cubic.covariance(sigma)));
  }
  Coverage found(20);
  double shared = 0, separate = 0;  // mean squared errors
  std::vector<Comparison> last;
  for (std::uint64_t seed = 1; seed <= repetitions; ++seed) {
    auto results =
        compare_gaussian(landscape, theta.flat(), blocks, {.sigmas = sigmas, .draws = 3200, .seed = seed});
    const Measured slope = slope_in_sigma(results, &Comparison::error_order1);
    const double exact = log_log_slope(sigmas, truth);
    found.add("slope", slope, exact);
    shared += std::pow(slope.value - exact, 2) / repetitions;
    if (!last.empty()) {
      last[1] = results[1];
      separate += std::pow(slope_in_sigma(last, &Comparison::error_order1).value - exact, 2) / repetitions;
    }
    last = std::move(results);
  }
  found.check("slope");
  INFO("error of the slope: " << std::sqrt(shared) << " with shared draws, " << std::sqrt(separate)
                              << " without");
  CHECK(std::sqrt(shared) <= 0.2 * std::sqrt(separate));
}

TEST_CASE(
    "compare: intervals of sixteen replicas cover the truth, PR and relative error mended for their number",
    "[property]") {
  const Cubic cubic(7, 8, 3);
  const FunctionLandscape landscape = cubic.landscape();
  const Blocks blocks(names);
  const Agreement truth =
      agree(cubic.covariance(0.1), linear_covariance(cubic.quadratic.slopes, 0.1), blocks);
  Coverage found(16);
  double pr = 0;
  for (std::uint64_t seed = 1; seed <= repetitions; ++seed) {
    Rng rng(seed, "replicas");
    const Tensor<double> copies = normal_tensor<double>(Shape{16, 8}, rng, 0.1);
    const Agreement agreement = compare_replica(landscape, copies, blocks, {.sigmas = {0.1}}).agreement;
    found.add(agreement, truth);
    pr += agreement.own.pr.value / repetitions;
  }
  for (const char* measure :
       {"energy 0", "energy 1", "SHC", "SHC ratio", "PR ratio", "overlap", "angle 1", "angle 2", "angle 3"}) {
    INFO(measure << ": covered in " << 100 * found.rate(measure) << " %");
    CHECK(found.rate(measure) >= 0.9);
  }
  // What the bias of sixteen copies touches, the mended ones among it: less than the nominal 95 %.
  for (const char* measure : {"PR", "error", "within", "top share 0", "top share 1"}) {
    INFO(measure << ": covered in " << 100 * found.rate(measure) << " %");
    CHECK(found.rate(measure) >= 0.8);
  }
  INFO("PR " << pr << " of " << truth.own.pr.value);
  CHECK(std::abs(pr - truth.own.pr.value) <= 0.1 * truth.own.pr.value);
}

TEST_CASE("compare: the Langevin sampler's bars cover its stationary covariance", "[property][coverage]") {
  // Convex losses: curvatures AAᵀ, so that the posterior is a Gaussian around a minimum of its own.
  Quadratic quadratic(7, 4, 3);
  for (Tensor<double>& h : quadratic.curvatures) {
    h = matmul_nt(Var<double>(h), Var<double>(h)).value();
  }
  const FunctionLandscape landscape = quadratic.landscape();
  const Tensor<double> theta(Shape{4}, 0.0);
  const Blocks blocks(names);
  Coverage found(20);
  for (std::uint64_t seed = 1; seed <= repetitions; ++seed) {
    const SgldComparison result =
        compare_sgld(landscape, nullptr, theta.flat(), blocks, {.sigmas = {0.2}, .seed = seed});
    const auto [mean, sigma] = stationary(landscape, theta, result.options);
    const Tensor<double> exact = quadratic.covariance(mean.flat(), sigma),
                         linear = linear_covariance(quadratic.slopes, 0.2);
    found.add(result.agreement, agree(exact, linear, blocks));
  }
  found.check("sgld");
}
