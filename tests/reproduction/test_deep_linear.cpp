/// Gradient descent on the deep linear network against the exact theory, over fresh seeds.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/tasks/linear_task.hpp"
#include "models/tasks/saxe.hpp"
#include "tests/reproduction/measured.hpp"
#include "tests/support/collected_run.hpp"
#include "tests/support/worst.hpp"

using namespace premelt;
using namespace premelt::test;

namespace {

constexpr int first_seed = 200, seeds = 30;
constexpr std::array strengths{4.0, 2.0, 1.0, 0.5};
constexpr double learning_rate = 0.005, tau = 1 / learning_rate;

/// Σ_i (v_k·x_i)⁴ over the probes.
double sum_of_squared_couplings(const LinearTask& task, std::size_t k) {
  const Tensor<double>& x = task.probes().inputs;
  double sum = 0;
  for (std::size_t i = 0; i < x.shape()[0]; ++i) {
    double overlap = 0;
    for (std::size_t j = 0; j < x.shape()[1]; ++j) overlap += task.teacher().right(k, j) * x(i, j);
    sum += std::pow(overlap, 4);
  }
  return sum;
}

/// Largest |s_k(t) − Saxe| / S_k of each mode from a balanced start.
std::array<double, 4> saxe_errors(double eta) {
  const double a0 = 1e-5;
  const CollectedRun run = collect("deep-linear", {{"optimiser", "gd"},
                                                   {"init", "balanced"},
                                                   {"balanced_strength", "1e-5"},
                                                   {"learning_rate", std::to_string(eta)},
                                                   {"steps", std::to_string(static_cast<int>(16.5 / eta))}});
  std::array<double, 4> errors{};
  for (std::size_t k = 0; k < 4; ++k) {
    const std::vector<double>& s = run.order.at("s" + std::to_string(k + 1));
    for (std::size_t t = 0; t < s.size(); ++t) {
      const double exact =
          saxe::strength(static_cast<double>(run.recorded_steps[t]), strengths[k], a0, 1 / eta);
      errors[k] = worse_of(errors[k], std::abs(s[t] - exact) / strengths[k]);
    }
  }
  return errors;
}

}  // namespace

TEST_CASE("deep-linear: gradient descent follows Saxe's closed form, with an error of order the step size",
          "[reproduction]") {
  const auto coarse = saxe_errors(learning_rate), fine = saxe_errors(learning_rate / 2);
  constexpr std::array bounds{0.03, 0.015, 0.007, 0.004};
  Measured measured("saxe");
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(coarse[k] <= bounds[k]);
    CHECK(coarse[k] / fine[k] == Approx(2.0).margin(0.1));
    measured("error/mode" + std::to_string(k + 1), coarse[k]);
    measured("error_at_half_the_step/mode" + std::to_string(k + 1), fine[k]);
  }
}

TEST_CASE(
    "deep-linear: under gradient descent SHC has exactly one peak a mode, at the predicted step and height",
    "[reproduction]") {
  Measured measured("peaks");
  for (int window : {10, 20}) {
    double worst_time = 0, worst_height = 0;
    for (int seed = first_seed; seed < first_seed + seeds; ++seed) {
      const Overrides overrides{
          {"optimiser", "gd"}, {"seed", std::to_string(seed)}, {"window", std::to_string(window)}};
      const CollectedRun run = collect("deep-linear", overrides);
      const LinearTask task(with("deep-linear", overrides));
      const auto peaks = run.peaks("shc");
      INFO("seed " << seed << ", W = " << window);
      REQUIRE(peaks.size() == 4);
      for (std::size_t k = 0; k < 4; ++k) {
        const double half = run.crossing("s" + std::to_string(k + 1), strengths[k] / 2);
        const double predicted = half - saxe::lead_of_steepest_fall(strengths[k], tau) + (window - 1) / 2.0;
        const double time_error = std::abs(static_cast<double>(run.observed_steps[peaks[k]]) - predicted);
        CHECK(time_error <= 2);
        worst_time = worse_of(worst_time, time_error);

        const double height =
            saxe::peak_eigenvalue(strengths[k], tau, window, sum_of_squared_couplings(task, k));
        const double height_error = std::abs(run.signals.at("lambda1")[peaks[k]] / height - 1);
        if (window == 10) CHECK(height_error <= 0.02);
        worst_height = worse_of(worst_height, height_error);
      }
    }
    const std::string key = "w" + std::to_string(window);
    measured(key + "/steps_from_theory", worst_time);
    measured(key + "/height_from_theory", worst_height);
  }
}
