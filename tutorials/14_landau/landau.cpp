/// Lesson 14: Landau's well softens and splits. Its exponents, what a window leaves of them, and the plateau
/// of a deep linear network as the top of such a hill.

#include <cmath>

#include "rdm/window/statistics.hpp"
#include "tutorials/14_landau/solution.hpp"
#include "tutorials/14_landau/watched.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

/// f'(x) of f = ax²/2 + x⁴/4 - hx.
double slope(double x, double a, double h = 0) {
  return a * x + x * x * x - h;
}

/// Where x rolls to from `x`, without noise.
double rest(double x, double a, double h = 0) {
  for (int step = 0; step < 1000000; ++step) x -= 0.2 * slope(x, a, h);
  return x;
}

/// The time in which a small displacement from rest falls by a factor e.
double return_time(double a) {
  constexpr double step = 1e-3, displaced = 1e-5;
  const double home = rest(1, a);
  double x = home + displaced, time = 0;
  for (; x - home > displaced / std::exp(1.0); time += step) x -= step * slope(x, a);
  return time;
}

void minima() {
  std::printf("     a  x at rest  formula      chi  return time  formula\n");
  for (const double a : {1.0, 0.1, 0.01, -0.01, -0.1, -1.0}) {
    constexpr double field = 1e-7;
    const double x = rest(1, a), chi = (rest(1, a, field) - rest(1, a, -field)) / (2 * field);
    std::printf("%6.2f  %9.4f  %7.4f  %7.3f  %11.3f  %7.3f\n", a, std::abs(x), a < 0 ? std::sqrt(-a) : 0.0,
                chi, return_time(a), a > 0 ? 1 / a : -0.5 / a);
  }
  std::printf("at a = 0 a field 1000 times as strong moves x %.2f times as far\n",
              rest(1, 0, 1e-2) / rest(1, 0, 1e-5));
}

/// The mean of x² under exp(-f/T), by the midpoint rule.
double thermal(double a, double temperature) {
  double weights = 0, squares = 0;
  for (double x = 0.5e-4; x < 1; x += 1e-4) {
    const double weight = std::exp(-(a * x * x / 2 + std::pow(x, 4) / 4) / temperature);
    weights += weight;
    squares += weight * x * x;
  }
  return squares / weights;
}

void fluctuations() {
  const lesson::Watched well{.curvature = 0};
  const double temperature = lesson::rate * well.noise * well.noise / 2;
  const Langevin dynamics{.rate = lesson::rate, .noise = well.noise};
  std::printf("T = %.4f\n    a   mean x²      T/a  Boltzmann\n", temperature);
  for (const double a : {0.8, 0.4, 0.2, 0.1, 0.05, 0.02, 0.0}) {
    Rng rng(14, "fluctuations");
    double x = 0, squares = 0;
    constexpr int steps = 2000000;
    for (int step = 0; step < steps; ++step) {
      x = dynamics.next(x, slope(x, a), rng);
      squares += x * x / steps;
    }
    std::printf("%5.2f  %.6f  %8.6f   %.6f\n", a, squares, temperature / a, thermal(a, temperature));
  }
}

/// The slope of ln y against ln a between two points.
double exponent(double from, double y_from, double to, double y_to) {
  return std::log(y_to / y_from) / std::log(to / from);
}

void window() {
  const Langevin dynamics{.rate = lesson::rate, .noise = 0.1};
  std::printf("    a  memory (steps)  seen by W = 200  formula\n");
  for (const double a : {1.0, 0.5, 0.2, 0.1, 0.05, 0.02}) {
    Rng rng(14, "window");
    double x = 0, within = 0, all = 0;
    constexpr int windows = 20000;
    for (int w = 0; w < windows; ++w) {
      double sum = 0, squares = 0;
      for (std::size_t row = 0; row < lesson::width; ++row) {
        x = dynamics.next(x, a * x, rng);
        sum += x / static_cast<double>(lesson::width);
        squares += x * x / static_cast<double>(lesson::width);
      }
      within += squares - sum * sum;
      all += squares;
    }
    std::printf("%5.2f  %14.0f  %15.3f  %7.3f\n", a, 1 / (lesson::rate * a), within / all,
                lesson::seen_share(1 - lesson::rate * a, lesson::width));
  }
}

/// The exponent of SHC over a range of a: expected, expected of x alone, and measured.
void print_exponents(const char* what, lesson::Watched watched, double low, double high, int windows) {
  lesson::Watched other = watched;
  watched.curvature = low;
  other.curvature = high;
  std::printf(
      "%-30s  %7.2f  %7.2f  %8.2f\n", what,
      exponent(low, lesson::expected_shc(watched, true), high, lesson::expected_shc(other, true)),
      exponent(low, lesson::expected_shc(watched), high, lesson::expected_shc(other)),
      exponent(low, lesson::measured_shc(watched, windows), high, lesson::measured_shc(other, windows)));
}

/// The least-squares slope of ln y against ln a.
double fitted(const std::vector<double>& a, const std::vector<double>& y) {
  std::vector<double> u, v;
  for (std::size_t i = 0; i < a.size(); ++i) {
    u.push_back(std::log(a[i]));
    v.push_back(std::log(y[i]));
  }
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    products += (u[i] - mean_of(u)) * (v[i] - mean_of(v));
    squares += (u[i] - mean_of(u)) * (u[i] - mean_of(u));
  }
  return products / squares;
}

/// The same for the setting itself, whose well softens while the windows pass: 60 runs.
void print_swept() {
  const std::vector<double> curvatures{0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
  std::vector<double> swept(curvatures.size()), only_x, still;
  for (int seed = 1; seed <= 60; ++seed) {
    const RunTrace run = lesson::record("pitchfork", {{"seed", std::to_string(seed)}, {"steps", "2300"}});
    for (std::size_t i = 0; i < curvatures.size(); ++i) {
      const auto middle = static_cast<std::size_t>((1 - curvatures[i]) / 1.5 * 4000);  // of the window
      const std::size_t probes = run.losses.shape()[1];
      const Tensor<double> rows =
          run.losses.subspan((middle - lesson::width / 2) * probes, Shape{lesson::width, probes});
      swept[i] += moments(rows, Divisor::population).spectral_heat_capacity();
    }
  }
  for (const double a : curvatures) {
    only_x.push_back(lesson::expected_shc({.curvature = a}, true));
    still.push_back(lesson::expected_shc({.curvature = a}));
  }
  std::printf("%-30s  %7.2f  %7.2f  %8.2f\n", "the same, swept", fitted(curvatures, only_x),
              fitted(curvatures, still), fitted(curvatures, swept));
}

void crossover() {
  std::printf("exponent of SHC in a             only x  formula  measured\n");
  print_exponents("W = 200 steps,   a .2 to .9", {.curvature = 0}, 0.2, 0.9, 1500);
  print_swept();
  print_exponents("W = 2000 steps,  a .2 to .9", {.curvature = 0, .every = 10}, 0.2, 0.9, 200);
  print_exponents("W = 20000 steps, a .2 to .9", {.curvature = 0, .every = 100}, 0.2, 0.9, 40);
  print_exponents("W = 20000 steps, a .05 to .2", {.curvature = 0, .every = 100}, 0.05, 0.2, 60);
  print_exponents("the same, a tenth of the noise", {.curvature = 0, .noise = 0.01, .every = 100}, 0.05, 0.2,
                  40);
}

/// One mode of a two-layer linear network: strength u = pq through weights p and q, target 1, weight decay.
/// The strength it comes to rest at, and the time in which a small change of it falls by e.
struct Mode {
  double strength, time;
};
Mode trained(double decay) {
  constexpr double step = 0.01;
  const auto train = [&](double& p, double& q) {
    const double rest = 1 - p * q, change = step * (q * rest - decay * p);
    q += step * (p * rest - decay * q);
    p += change;
  };
  double p = 0.3, q = 0.2;
  for (int i = 0; i < 300000; ++i) train(p, q);
  Mode mode{p * q, 0};
  const double home = p;
  p = q = home + 1e-5;
  for (; p - home > 1e-5 / std::exp(1.0); mode.time += step) train(p, q);
  return mode;
}

void network() {
  std::printf("decay  strength  formula  return time  formula\n");
  for (const double decay : {0.5, 0.8, 0.9, 0.98, 1.02, 1.1, 1.5}) {
    const Mode mode = trained(decay);
    std::printf("%5.2f  %8.4f  %7.4f  %11.2f  %7.2f\n", decay, mode.strength, std::max(1 - decay, 0.0),
                mode.time, decay < 1 ? 1 / (2 * (1 - decay)) : 1 / (decay - 1));
  }
}

/// A trained mode, no decay: the loss along the way and Landau's potential at P = (p + q)/√2.
void saddle() {
  constexpr double step = 0.01;
  double p = 2e-3, q = 1e-3;
  std::printf("time      P      strength    loss  Landau  off the line\n");
  for (int i = 0; i <= 1200; ++i) {
    const double sum = (p + q) / std::sqrt(2.0), difference = (p - q) / std::sqrt(2.0), gap = 1 - p * q;
    if (i % 150 == 0) {
      std::printf("%4.1f  %.4f  %.6f  %.5f %.5f  %.1e\n", i * step, sum, p * q, gap * gap / 2,
                  0.5 - sum * sum / 2 + std::pow(sum, 4) / 8, difference);
    }
    const double change = step * q * gap;
    q += step * p * gap;
    p += change;
  }
}

/// x, and f(x) for five curvatures.
void picture() {
  for (double x = -1.5; x < 1.501; x += 0.02) {
    std::printf("%.2f", x);
    for (const double a : {1.0, 0.5, 0.0, -0.5, -1.0})
      std::printf(" %.5f", a * x * x / 2 + std::pow(x, 4) / 4);
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"minima", "order parameter, susceptibility, time to return", minima},
                      {"fluctuations", "noise in the well, and where T/a ends", fluctuations},
                      {"window", "how much of a variance a window sees", window},
                      {"crossover", "the exponent of SHC, and how it becomes -2", crossover},
                      {"saddle", "a plateau is a hilltop of the same potential", saddle},
                      {"network", "weight decay makes it a transition", network},
                      {"picture", "the data of picture.svg", picture}});
}
