/// Lesson 7: the covariance of losses is the covariance of their linear parts, until it is not.

#include <cmath>
#include <deque>

#include "rdm/proposition/distances.hpp"
#include "rdm/proposition/jacobian.hpp"
#include "rdm/samplers/gaussian.hpp"
#include "rdm/samplers/trajectory.hpp"
#include "tutorials/lesson.hpp"
#include "tutorials/setting.hpp"

using namespace premelt;

namespace {

/// The losses of a deep linear network's 64 probes as functions of its 416 parameters, after some training.
struct Point {
  std::unique_ptr<LossLandscape> landscape;
  Tensor<double> theta, jacobian;  ///< where it stands (p); G (n,p) there

  explicit Point(const Experiment& experiment)
      : landscape(experiment.landscape()),
        theta(experiment.position()),
        jacobian(landscape->jacobian(theta.flat())) {}
};

Point after(int steps) {
  const auto experiment = lesson::start("deep-linear");
  for (int step = 0; step < steps; ++step) experiment->step();
  return Point(*experiment);
}

/// C under N(θ, σ²I), by pairs of draws and a control variate, with its Monte-Carlo error.
Estimate measured(const Point& at, double sigma) {
  const PairedLosses pairs =
      paired_losses(*at.landscape, at.theta.flat(), at.jacobian, {.sigma = sigma, .draws = 20000});
  return control_variate(pairs, linear_covariance(at.jacobian, sigma));
}

struct Errors {
  double linear, both, monte_carlo;
};

Errors errors(const Point& at, const SecondOrder& terms, double sigma) {
  const Estimate c = measured(at, sigma);
  const Tensor<double> linear = linear_covariance(at.jacobian, sigma);
  return {relative_error(linear, c.covariance),
          relative_error(second_order_covariance(linear, terms, sigma), c.covariance),
          c.standard_error() / frobenius_norm(c.covariance)};
}

void plain() {
  const Point at = after(320);
  const double sigma = 0.01;
  const Tensor<double> linear = linear_covariance(at.jacobian, sigma);
  std::printf(" draws  distance of G S G^T from their covariance\n");
  for (const std::size_t draws : {100u, 1000u, 10000u}) {
    const Tensor<double> losses =
        gaussian_losses(*at.landscape, at.theta.flat(), {.sigma = sigma, .draws = draws});
    std::printf("%6zu  %.4f\n", draws, relative_error(linear, covariance(losses, Divisor::sample)));
  }
  std::printf("control variate, 20000 draws: %.5f\n", relative_error(linear, measured(at, sigma).covariance));
}

void slope() {
  const Point at = after(320);
  const SecondOrder terms = second_order(*at.landscape, at.theta.flat(), at.jacobian, {});
  std::printf("  sigma   linear    second order  Monte-Carlo error\n");
  std::vector<double> sigmas, linear;
  for (const double sigma : {0.001, 0.01, 0.03, 0.1, 0.3}) {
    const Errors found = errors(at, terms, sigma);
    std::printf("%7.3f  %.2e  %.2e      %.2e\n", sigma, found.linear, found.both, found.monte_carlo);
    if (sigma < 0.1) {
      sigmas.push_back(sigma);
      linear.push_back(found.linear);
    }
  }
  std::printf("slope of the linear error up to 0.03: %.2f\n", log_log_slope(sigmas, linear));
}

void saddle() {
  std::printf("step  |gradients|  linear  second order   (sigma = 0.01)\n");
  for (const int step : {0, 200, 320, 2990}) {
    const Point at = after(step);
    const Errors found = errors(at, second_order(*at.landscape, at.theta.flat(), at.jacobian, {}), 0.01);
    std::printf("%4d  %11.3g  %.4f  %.4f\n", step, frobenius_norm(at.jacobian), found.linear, found.both);
  }
}

/// Windows of 20 steps of training: their loss covariance against G S G^T, S the covariance of their
/// parameters.
void window() {
  constexpr std::size_t width = 20;
  const auto experiment = lesson::start("deep-linear");
  const auto landscape = experiment->landscape();
  std::deque<Tensor<double>> path;
  std::printf("step  G at the window's mean  G at its last step\n");
  for (int step = 0; step <= 480; ++step) {
    if (step > 0) experiment->step();
    path.push_back(experiment->position());
    if (path.size() > width) path.pop_front();
    if (step < 200 || step % 70 != 60) continue;

    Tensor<double> trajectory(Shape{width, path.back().size()});
    for (std::size_t t = 0; t < width; ++t) std::ranges::copy(path[t].flat(), trajectory.row(t).begin());
    const Tensor<double> c = covariance(dynamical_losses(*landscape, trajectory), Divisor::population);
    const auto error = [&](const Tensor<double>& theta) {
      return relative_error(trajectory_covariance(landscape->jacobian(theta.flat()), trajectory), c);
    };
    std::printf("%4d  %22.4f  %18.4f\n", step, error(mean_position(trajectory)), error(path.back()));
  }
}

void picture() {
  const Point at = after(320);
  const SecondOrder terms = second_order(*at.landscape, at.theta.flat(), at.jacobian, {});
  for (const double sigma : {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5}) {
    const Errors found = errors(at, terms, sigma);
    std::printf("%g %.3e %.3e %.3e\n", sigma, found.linear, found.both, found.monte_carlo);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"plain", "plain draws hide what we look for", plain},
                      {"slope", "the error of the linear term against sigma", slope},
                      {"saddle", "where gradients vanish", saddle},
                      {"window", "the dynamical 2RDM", window},
                      {"picture", "the data of picture.svg", picture}});
}
