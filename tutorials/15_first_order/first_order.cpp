/// Lesson 15: a well that is tilted until it is gone, the way back, and the same in a network with weight
/// decay.

#include <cmath>
#include <optional>

#include "models/tasks/langevin.hpp"
#include "rdm/window/statistics.hpp"
#include "tutorials/15_first_order/decay_sweep.hpp"
#include "tutorials/15_first_order/solution.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

const double spinodal = 2 / (3 * std::sqrt(3.0));  // of f = x⁴/4 - x²/2 - hx

double potential(double x, double h) {
  return std::pow(x, 4) / 4 - x * x / 2 - h * x;
}
double slope(double x, double h) {
  return x * x * x - x - h;
}
double curvature(double x) {
  return 3 * x * x - 1;
}

/// Where the slope crosses 0 between `low` and `high`.
double zero(double low, double high, double h) {
  const bool rising = slope(high, h) > 0;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    ((slope(middle, h) > 0) == rising ? high : low) = middle;
  }
  return low;
}
double left_minimum(double h) {
  return zero(-2, -1 / std::sqrt(3.0), h);
}
double barrier_top(double h) {
  return zero(-1 / std::sqrt(3.0), 1 / std::sqrt(3.0), h);
}

void tilt() {
  std::printf("left of the end  left minimum  curvature  near the fold   barrier  near the fold\n");
  for (const double rest : {0.3, 0.1, 0.03, 0.01, 0.003, 0.001}) {
    const double h = spinodal - rest, x = left_minimum(h);
    std::printf("%15.3f  %12.4f  %9.4f  %13.4f  %.2e  %13.2e\n", rest, x, curvature(x),
                2 * std::pow(3, 0.25) * std::sqrt(rest), potential(barrier_top(h), h) - potential(x, h),
                4.0 / 3 * std::pow(3, -0.25) * std::pow(rest, 1.5));
  }
}

/// A sweep of h from -0.6 to 0.6 and back.
struct Loop {
  double up, down;  ///< h when x changed its sign
  double area;      ///< enclosed in the (h, x) plane
};
Loop sweep(double per_time, double noise, int seed = 1) {
  const Langevin dynamics{.rate = 0.05, .noise = noise};
  Rng rng(static_cast<std::uint64_t>(seed), "sweep");
  const double change = per_time * dynamics.rate;
  Loop loop{0, 0, 0};
  double x = left_minimum(-0.35);
  for (const double direction : {1.0, -1.0}) {
    std::optional<double> jump;
    for (double h = -0.6; h < 0.6; h += change) {
      const double tilt = direction * h, before = x;
      x = dynamics.next(x, slope(x, tilt), rng);
      loop.area -= direction * (x + before) / 2 * change;
      if (!jump && direction * x > 0) jump = tilt;
    }
    (direction > 0 ? loop.up : loop.down) = jump.value_or(NAN);
  }
  return loop;
}

void hysteresis() {
  std::printf("spinodal at h = %.4f\nchange of h per time  jumps up  jumps down  excess  formula  area\n",
              spinodal);
  for (const double speed : {1e-2, 1e-3, 1e-4, 1e-5}) {
    const Loop loop = sweep(speed, 0);
    std::printf("%20.0e  %8.4f  %10.4f  %.4f  %7.4f  %.3f\n", speed, loop.up, loop.down, loop.up - spinodal,
                2.33811 * std::pow(3, -1.0 / 6) * std::pow(speed, 2.0 / 3), loop.area);
  }
}

void noisy() {
  std::printf("noise       T  jumps up  jumps down, medians of 20 sweeps\n");
  for (const double noise : {0.0, 0.3, 0.6, 0.9, 1.2}) {
    std::vector<double> up, down;
    for (int seed = 1; seed <= 20; ++seed) {
      const Loop loop = sweep(1e-3, noise, seed);
      up.push_back(loop.up);
      down.push_back(loop.down);
    }
    std::printf("%5.1f  %.4f  %8.3f  %10.3f\n", noise, 0.05 * noise * noise / 2, median(up), median(down));
  }
}

void variance() {
  const Langevin dynamics{.rate = 0.1, .noise = 0.02};
  std::printf("left of the end  barrier/T  variance  T/curvature  memory (steps)\n");
  for (const double rest : {0.3, 0.1, 0.03, 0.01, 0.005}) {
    const double h = spinodal - rest, home = left_minimum(h), t = 0.1 * 0.02 * 0.02 / 2;
    Rng rng(15, "variance");
    double x = home, sum = 0, squares = 0;
    constexpr int steps = 1000000;
    for (int step = 0; step < steps; ++step) {
      x = dynamics.next(x, slope(x, h), rng);
      sum += (x - home) / steps;
      squares += (x - home) * (x - home) / steps;
    }
    std::printf("%15.3f  %9.0f  %.2e  %11.2e  %14.0f\n", rest,
                (potential(barrier_top(h), h) - potential(home, h)) / t, squares - sum * sum,
                t / curvature(home), 1 / (0.1 * curvature(home)));
  }
}

constexpr double rate = 0.02, per_step = 1e-6, shaking = 1e-4;

/// The strength of a mode with target 1, its weights a little shaken, while weight decay goes from 0.02 up to
/// `highest` and back, at `marks` evenly spaced decays on the way up, then on the way down.
struct DecayLoop {
  std::vector<double> decays, up, down;
  double lost;  ///< the decay at which the strength fell below a tenth
};
DecayLoop decay_loop(int layers, double highest, int marks) {
  lesson::Mode mode(layers, 1);
  Rng rng(15, "weights");
  DecayLoop loop{{}, {}, {}, NAN};
  const auto steps = static_cast<int>(std::round((highest - 0.02) / marks / per_step));
  const auto train = [&](double from, double direction, std::vector<double>& kept) {
    for (int step = 1; step <= steps; ++step) {
      const double decay = from + direction * per_step * step;
      mode.train(1, decay, rate);
      mode.shake(shaking, rng);
      if (!(mode.strength() > 0.1) && std::isnan(loop.lost)) loop.lost = decay;
    }
    kept.push_back(mode.strength());
  };
  const double spacing = per_step * steps;
  for (int mark = 0; mark < marks; ++mark) {
    train(0.02 + spacing * mark, 1, loop.up);
    loop.decays.push_back(0.02 + spacing * (mark + 1));
  }
  for (int mark = marks; mark > 0; --mark) {
    loop.down.insert(loop.down.begin(), mode.strength());
    std::vector<double> passed;
    train(0.02 + spacing * mark, -1, passed);
  }
  return loop;
}

void print_row(const char* what, const std::vector<double>& values) {
  std::printf("%-5s", what);
  for (const double value : values) std::printf(" %5.2f", std::abs(value));
  std::printf("\n");
}

void network() {
  for (const int layers : {2, 3, 4}) {
    const DecayLoop loop = decay_loop(layers, 1.22, 12);
    std::printf("%d layers; strength on the way up, on the way down\n", layers);
    print_row("decay", loop.decays);
    print_row("up", loop.up);
    print_row("down", loop.down);
    std::printf("below 0.1 at decay %.3f; spinodal %.3f\n", loop.lost, lesson::spinodal_decay(layers, 1));
  }
}

/// f(x) for four tilts, with the left minimum; then the loop of three layers.
void picture() {
  const std::vector<double> tilts{0, 0.2, spinodal, 0.55};
  for (double x = -1.7; x < 1.701; x += 0.02) {
    std::printf("%.2f", x);
    for (const double h : tilts) std::printf(" %.5f", potential(x, h));
    std::printf("\n");
  }
  std::printf("\n\n");
  for (const double h : {0.0, 0.2, spinodal - 1e-9})
    std::printf("%.4f %.4f\n", left_minimum(h), potential(left_minimum(h), h));
  const DecayLoop loop = decay_loop(3, 0.62, 120);
  std::printf("\n\n");
  for (std::size_t i = 0; i < loop.decays.size(); ++i)
    std::printf("%.4f %.4f %.4f\n", loop.decays[i], loop.up[i], loop.down[i]);
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"tilt", "curvature and barrier on the way to the fold", tilt},
                      {"hysteresis", "the loop, and its dependence on the sweep", hysteresis},
                      {"noisy", "noise makes the loop narrower", noisy},
                      {"variance", "why fluctuations grow", variance},
                      {"network", "weight decay up and down, two to four layers", network},
                      {"picture", "the data of picture.svg", picture}});
}
