#include "rdm/samplers/sgld.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "engine/error.hpp"
#include "engine/random.hpp"
#include "rdm/samplers/autocorrelation.hpp"
#include "rdm/samplers/parallel.hpp"

namespace premelt {

namespace {

void check(const SgldOptions& options) {
  if (!(options.beta > 0) || !(options.step > 0) || !(options.localisation >= 0) || options.samples == 0 ||
      options.chains == 0 || options.thinning == 0) {
    throw UsageError(
        "sgld: beta, step, samples, chains and thinning must be positive, localisation not negative");
  }
  if (options.draws < 4) throw UsageError("sgld needs at least 4 draws a chain");
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double squared_distance(std::span<const double> a, std::span<const double> b) {
  return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(),
                               [](double x, double y) { return (x - y) * (x - y); });
}

/// One chain, and the potential U(θ) = NβL(θ) + γ/2‖θ − θ0‖² with its gradient at the present point.
class Chain {
 public:
  Chain(const LossLandscape& data, ParameterVector theta0, const SgldOptions& options, std::size_t number)
      : data_(data),
        start_(theta0.begin(), theta0.end()),
        options_(options),
        weight_(options.beta * static_cast<double>(options.samples)),
        rng_(options.seed, "sgld " + std::to_string(number)),
        theta_(start_),
        losses_(data.probes()) {
    look();
  }

  const std::vector<double>& theta() const { return theta_; }
  double loss() const { return loss_; }
  double potential() const {
    return weight_ * loss_ + options_.localisation / 2 * squared_distance(theta_, start_);
  }

  /// Returns the probability that a Metropolis test would have accepted the step.
  double advance() {
    const std::vector<double> before = theta_, slope_before = slope_;
    const double potential_before = potential();
    for (std::size_t a = 0; a < theta_.size(); ++a) {
      theta_[a] += -options_.step / 2 * slope_[a] + std::sqrt(options_.step) * rng_.normal();
    }
    look();
    return std::exp(std::min(0.0, potential_before - potential() + log_proposal(theta_, slope_, before) -
                                      log_proposal(before, slope_before, theta_)));
  }

 private:
  void look() {
    data_.losses(theta_, losses_);
    loss_ = mean_of(losses_);
    const Tensor<double> gradient = data_.mean_gradient(theta_);
    slope_.resize(theta_.size());
    for (std::size_t a = 0; a < theta_.size(); ++a) {
      slope_[a] = weight_ * gradient(a) + options_.localisation * (theta_[a] - start_[a]);
    }
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

  const LossLandscape& data_;
  std::vector<double> start_;
  const SgldOptions& options_;
  double weight_;  ///< Nβ
  Rng rng_;
  std::vector<double> theta_, slope_, losses_;
  double loss_ = 0;
};

}  // namespace

SgldResult sgld(const LossLandscape& data, const LossLandscape& probes, ParameterVector theta0,
                const SgldOptions& options) {
  check(options);
  const std::size_t draws = options.draws;
  SgldResult result{Tensor<double>(Shape{options.chains * draws, probes.probes()}),
                    std::vector<double>(options.chains * draws)};
  std::vector<double> acceptance(options.chains);
  parallel_chunks(options.chains, 1, options.threads, [&](std::size_t c, std::size_t) {
    Chain chain(data, theta0, options, c);
    const std::size_t steps = options.burn_in + draws * options.thinning;
    for (std::size_t step = 1; step <= steps; ++step) {
      acceptance[c] += chain.advance() / static_cast<double>(steps);
      if (!std::isfinite(chain.loss())) {
        throw DivergedError("sgld diverged at step " + std::to_string(step) + " of chain " +
                            std::to_string(c) + "; its step size " + std::to_string(options.step) +
                            " is too large");
      }
      if (step <= options.burn_in || (step - options.burn_in) % options.thinning != 0) continue;
      const std::size_t row = c * draws + (step - options.burn_in) / options.thinning - 1;
      probes.losses(chain.theta(), result.losses.row(row));
      result.trace[row] = chain.loss();
    }
  });
  const double weight = options.beta * static_cast<double>(options.samples);
  std::vector<double> start(data.probes());
  data.losses(theta0, start);
  result.llc = weight * (mean_of(result.trace) - mean_of(start));
  result.acceptance = mean_of(acceptance);
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
