#include "rdm/samplers/sgld.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "engine/tensor/error.hpp"
#include "engine/tensor/random.hpp"
#include "rdm/samplers/autocorrelation.hpp"
#include "rdm/samplers/parallel.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/statistics.hpp"

namespace premelt {

namespace {

void check(const SgldOptions& options, std::size_t data) {
  if (!(options.beta > 0) || !(options.step > 0) || !(options.localisation >= 0) || options.samples == 0 ||
      options.chains == 0 || options.thinning == 0) {
    throw UsageError(
        "sgld: beta, step, samples, chains and thinning must be positive, localisation not negative");
  }
  if (options.batch > data) {
    throw UsageError("sgld: a batch of " + std::to_string(options.batch) + " is larger than the data, " +
                     std::to_string(data) + " samples");
  }
  if (options.draws < 4) throw UsageError("sgld needs at least 4 draws a chain");
}

double squared_distance(std::span<const double> a, std::span<const double> b) {
  return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(),
                               [](double x, double y) { return (x - y) * (x - y); });
}

/// The posterior's potential U(θ) = NβL(θ) + γ/2‖θ − θ0‖².
class Potential {
 public:
  Potential(const LossLandscape& data, ParameterVector start, const SgldOptions& options)
      : data_(data),
        start_(start.begin(), start.end()),
        weight_(options.beta * static_cast<double>(options.samples)),
        localisation_(options.localisation) {}

  double loss(ParameterVector theta) const {
    std::vector<double> losses(data_.probes());
    data_.losses(theta, losses);
    return mean_of(losses);
  }
  double operator()(ParameterVector theta) const {
    return weight_ * loss(theta) + localisation_ / 2 * squared_distance(theta, start_);
  }
  /// ∇U from all samples, or from some.
  std::vector<double> slope(ParameterVector theta) const {
    return with_localisation(theta, data_.mean_gradient(theta));
  }
  std::vector<double> slope(ParameterVector theta, std::span<const std::size_t> samples) const {
    return with_localisation(theta, data_.mean_gradient(theta, samples));
  }
  std::size_t samples() const { return data_.probes(); }

 private:
  std::vector<double> with_localisation(ParameterVector theta, const Tensor<double>& gradient) const {
    std::vector<double> slope(theta.size());
    for (std::size_t a = 0; a < slope.size(); ++a) {
      slope[a] = weight_ * gradient(a) + localisation_ * (theta[a] - start_[a]);
    }
    return slope;
  }

  const LossLandscape& data_;
  std::vector<double> start_;
  double weight_;  ///< Nβ
  double localisation_;
};

/// One chain. What is only measured has random numbers of its own.
class Chain {
 public:
  Chain(const Potential& potential, ParameterVector start, const SgldOptions& options, std::size_t number)
      : potential_(potential),
        options_(options),
        noise_(options.seed, "sgld " + std::to_string(number)),
        batches_(options.seed, "sgld batches " + std::to_string(number)),
        tests_(options.seed, "sgld tests " + std::to_string(number)),
        samples_(potential.samples()),
        theta_(start.begin(), start.end()) {
    std::iota(samples_.begin(), samples_.end(), std::size_t{0});
  }

  const std::vector<double>& theta() const { return theta_; }

  void advance() { theta_ = proposal(theta_, batch_slope(batches_), noise_); }

  /// The probability that a Metropolis test would accept a step from here with the whole gradient.
  double acceptance() {
    const std::vector<double> slope = potential_.slope(theta_), to = proposal(theta_, slope, tests_);
    return std::exp(std::min(0.0, potential_(theta_) - potential_(to) +
                                      log_proposal(to, potential_.slope(to), theta_) -
                                      log_proposal(theta_, slope, to)));
  }

  /// (ε/4)·‖minibatch's ∇U − ∇U‖²/p: the variance it adds to a step, over ε.
  double gradient_noise() {
    if (options_.batch == 0) return 0;
    return options_.step / 4 * squared_distance(batch_slope(tests_), potential_.slope(theta_)) /
           static_cast<double>(theta_.size());
  }

 private:
  std::vector<double> batch_slope(Rng& rng) {
    if (options_.batch == 0) return potential_.slope(theta_);
    for (std::size_t i = 0; i < options_.batch; ++i) {
      std::swap(samples_[i], samples_[i + rng.below(samples_.size() - i)]);
    }
    return potential_.slope(theta_, std::span(samples_).first(options_.batch));
  }

  std::vector<double> proposal(const std::vector<double>& from, const std::vector<double>& slope,
                               Rng& rng) const {
    std::vector<double> to(from.size());
    for (std::size_t a = 0; a < from.size(); ++a) {
      to[a] = from[a] - options_.step / 2 * slope[a] + std::sqrt(options_.step) * rng.normal();
    }
    return to;
  }

  /// log q(to|from) up to a constant.
  double log_proposal(const std::vector<double>& from, const std::vector<double>& slope,
                      const std::vector<double>& to) const {
    double squares = 0;
    for (std::size_t a = 0; a < from.size(); ++a) {
      squares += std::pow(to[a] - from[a] + options_.step / 2 * slope[a], 2);
    }
    return -squares / (2 * options_.step);
  }

  const Potential& potential_;
  const SgldOptions& options_;
  Rng noise_, batches_, tests_;
  std::vector<std::size_t> samples_;  ///< a permutation; a minibatch is its beginning
  std::vector<double> theta_;
};

/// Whether all numbers of θ, and the loss there, are finite.
bool finite(const std::vector<double>& theta, double loss) {
  return std::isfinite(loss) && std::ranges::all_of(theta, [](double x) { return std::isfinite(x); });
}

}  // namespace

SgldResult sgld(const LossLandscape& data, const LossLandscape& probes, ParameterVector theta0,
                const SgldOptions& options) {
  check(options, data.probes());
  const std::size_t draws = options.draws, all = options.chains * draws;
  SgldResult result{Tensor<double>(Shape{all, probes.probes()}), std::vector<double>(all)};
  std::vector<double> acceptance(all), gradient_noise(all);
  const Potential potential(data, theta0, options);
  parallel_chunks(options.chains, 1, options.threads, [&](std::size_t c, std::size_t) {
    Chain chain(potential, theta0, options, c);
    const std::size_t steps = options.burn_in + draws * options.thinning;
    for (std::size_t step = 1; step <= steps; ++step) {
      chain.advance();
      const bool drawn = step > options.burn_in && (step - options.burn_in) % options.thinning == 0;
      const double loss = drawn ? potential.loss(chain.theta()) : 0;
      if (!finite(chain.theta(), loss)) {
        throw DivergedError("sgld diverged at step " + std::to_string(step) + " of chain " +
                            std::to_string(c) + "; its step size " + std::to_string(options.step) +
                            " is too large");
      }
      if (!drawn) continue;
      const std::size_t row = c * draws + (step - options.burn_in) / options.thinning - 1;
      probes.losses(chain.theta(), result.losses.row(row));
      check_losses(result.losses.row(row),
                   "at step " + std::to_string(step) + " of Langevin chain " + std::to_string(c));
      result.trace[row] = loss;
      acceptance[row] = chain.acceptance();
      gradient_noise[row] = chain.gradient_noise();
    }
  });
  const double weight = options.beta * static_cast<double>(options.samples);
  result.llc = weight * (mean_of(result.trace) - potential.loss(theta0));
  result.acceptance = mean_of(acceptance);
  result.gradient_noise = mean_of(gradient_noise);
  for (std::size_t c = 0; c < options.chains; ++c) {
    const std::span<const double> own(result.trace.data() + c * draws, draws);
    result.effective_draws += effective_sample_size(own);
    result.llc_error +=
        std::pow(weight * standard_error_of_mean(own) / static_cast<double>(options.chains), 2);
  }
  result.llc_error = std::sqrt(result.llc_error);
  return result;
}

}  // namespace premelt
