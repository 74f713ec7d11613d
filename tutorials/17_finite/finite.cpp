/// Lesson 17: transitions are sharp only for ever so many units and ever so slow sweeps: how fast they become
/// so.

#include <cmath>
#include <utility>

#include "models/tasks/langevin.hpp"
#include "rdm/window/statistics.hpp"
#include "tutorials/17_finite/solution.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

/// N units that are each up or down and agree with the mean m of all: P(m) ∝ binomial·exp(N(K·m²/2 + h·m)).
/// Exact sums.
struct Magnet {
  double mean = 0, square = 0;  ///< of m
};
Magnet magnet(int n, double coupling, double field) {
  const auto weight = [&](int up) {
    const double m = (2.0 * up - n) / n;
    return std::lgamma(n + 1.0) - std::lgamma(up + 1.0) - std::lgamma(n - up + 1.0) +
           n * (coupling * m * m / 2 + field * m);
  };
  double largest = -1e300, sum = 0;
  for (int up = 0; up <= n; ++up) largest = std::max(largest, weight(up));
  Magnet magnet;
  for (int up = 0; up <= n; ++up) {
    const double p = std::exp(weight(up) - largest), m = (2.0 * up - n) / n;
    sum += p;
    magnet.mean += p * m;
    magnet.square += p * m * m;
  }
  return {magnet.mean / sum, magnet.square / sum};
}

/// Where `value` falls through `level` between `low` and `high`.
template <class Function>
double crossing(double low, double high, double level, Function value) {
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (value(middle) > level ? low : high) = middle;
  }
  return low;
}

double exponent(double from, double y_from, double to, double y_to) {
  return std::log(y_to / y_from) / std::log(to / from);
}

const double left_over = 2 * std::tgamma(0.75) / std::tgamma(0.25);  // ⟨x²⟩/√T at a = 0, f = x⁴/4

void size() {
  std::printf("     N  N·var, at 0.7  at 1 / √N  formula  rounding  jump's width\n");
  std::vector<double> sizes{100, 1000, 10000}, rounding, widths;
  for (const double n : sizes) {
    const int units = static_cast<int>(n);
    // a = 1 - K. Rounded: where the variance is half of what 1/(N·a) says.
    rounding.push_back(
        crossing(0.9, 1e-4, 0.5, [&](double a) { return magnet(units, 1 - a, 0).square * n * a; }));
    // Below: the field at which m has three quarters of its jump.
    const double jump = magnet(units, 1.5, 0.05).mean;
    widths.push_back(crossing(0.05, 0, 0.5 * jump, [&](double h) { return magnet(units, 1.5, h).mean; }));
    std::printf("%6d  %13.3f  %9.3f  %7.3f  %8.4f  %12.2e\n", units, magnet(units, 0.7, 0).square * n,
                magnet(units, 1, 0).square * std::sqrt(n), left_over * std::sqrt(3.0), rounding.back(),
                widths.back());
  }
  std::printf("from 1000 to 10000: rounding like N^%.2f, the jump like N^%.2f\n",
              exponent(sizes[1], rounding[1], sizes[2], rounding[2]),
              exponent(sizes[1], widths[1], sizes[2], widths[2]));
}

constexpr double step = 0.05;  // time

Langevin dynamics_at(double temperature) {
  return {.rate = step, .noise = std::sqrt(2 * temperature / step)};
}

/// Time until the autocorrelation of x at a = 0 has fallen to 1/e.
double slowest_time(double temperature) {
  const Langevin dynamics = dynamics_at(temperature);
  Rng rng(17, "slow");
  const auto expected = 1 / std::sqrt(temperature);
  const auto every = static_cast<int>(std::max(1.0, expected / step / 20));
  std::vector<double> path;
  double x = 0;
  for (int row = 0; row < 60000; ++row) {
    for (int i = 0; i < every; ++i) x = dynamics.next(x, x * x * x, rng);
    path.push_back(x);
  }
  const auto product = [&](std::size_t lag) {
    double sum = 0;
    for (std::size_t t = lag; t < path.size(); ++t) sum += path[t] * path[t - lag];
    return sum / static_cast<double>(path.size() - lag);
  };
  const double all = product(0);
  double before = 1;
  for (std::size_t lag = 1;; ++lag) {
    const double now = product(lag) / all, target = std::exp(-1.0);
    if (now <= target) return step * every * (static_cast<double>(lag) - (target - now) / (before - now));
    before = now;
  }
}

void slowing() {
  std::printf("at a = 0\n      T  memory (time)  times √T\n");
  std::vector<double> temperatures{1e-2, 1e-3, 1e-4, 1e-5}, times;
  for (const double t : temperatures) {
    times.push_back(slowest_time(t));
    std::printf("%7.0e  %13.1f  %8.2f\n", t, times.back(), times.back() * std::sqrt(t));
  }
  std::printf("memory like T^%.2f\n", exponent(temperatures[0], times[0], temperatures[3], times[3]));
}

constexpr double level = 0.01;

/// What runs look like in which a goes from 1 down at constant speed.
struct Sweep {
  std::vector<double> variance;  ///< at the asked curvatures
  double onset;                  ///< median of -a where |x| first exceeds half of √-a
};
Sweep sweep(double speed, double temperature, const std::vector<double>& curvatures, int runs) {
  const Langevin dynamics = dynamics_at(temperature);
  Rng rng(17, "sweep");
  Sweep result{std::vector<double>(curvatures.size()), 0};
  std::vector<double> onsets;
  for (int run = 0; run < runs; ++run) {
    double x = std::sqrt(temperature) * rng.normal(), a = 1;
    std::size_t next = 0;
    while (a > 0 || std::abs(x) < level) {
      if (next < curvatures.size() && a <= curvatures[next]) result.variance[next++] += x * x / runs;
      x = dynamics.next(x, a * x + x * x * x, rng);
      a -= speed * step;
    }
    onsets.push_back(-a);
  }
  result.onset = median(onsets);
  return result;
}

void rate() {
  constexpr double temperature = 1e-8;
  const std::vector<double> curvatures{0.3, 0.1, 0.03, 0.0};
  std::printf("variance over T: measured, formula; standing still it is 1/a\n");
  std::printf("  speed     a = 0.3       a = 0.1      a = 0.03         a = 0          onset\n");
  std::vector<double> speeds{1e-2, 1e-3, 1e-4}, variances, onsets;
  for (const double speed : speeds) {
    const Sweep found = sweep(speed, temperature, curvatures, 400);
    std::printf("%7.0e", speed);
    for (std::size_t i = 0; i < curvatures.size(); ++i)
      std::printf("  %5.1f %6.1f", found.variance[i] / temperature,
                  lesson::swept_variance(curvatures[i], speed, 1));
    const double grown =
        2 * temperature * std::sqrt(std::numbers::pi / speed);  // variance, long after a = 0,
    // over exp(a²/speed); half of a normal deviate's squares are below 0.455
    std::printf("  %6.4f %6.4f\n", found.onset, std::sqrt(speed * std::log(level * level / (0.455 * grown))));
    variances.push_back(found.variance.back());
    onsets.push_back(found.onset);
  }
  std::printf("at a = 0 the variance goes like speed^%.2f, the onset like speed^%.2f\n",
              exponent(speeds[0], variances[0], speeds[2], variances[2]),
              exponent(speeds[0], onsets[0], speeds[2], onsets[2]));
}

/// a, and the variance over T for three speeds and standing still; then potentials N·f at a = 0.
void picture() {
  for (double a = 0; a <= 0.5001; a += 0.005) {
    std::printf("%.3f", a);
    for (const double speed : {1e-2, 1e-3, 1e-4}) std::printf(" %.4f", lesson::swept_variance(a, speed, 1));
    std::printf(a > 0 ? " %.4f\n" : " nan\n", 1 / a);
  }
  std::printf("\n\n");
  for (double m = -0.99; m <= 0.991; m += 0.01) {
    std::printf("%.2f", m);
    for (const double coupling : {0.7, 1.0, 1.3}) {
      const double entropy = ((1 + m) * std::log(1 + m) + (1 - m) * std::log(1 - m)) / 2;
      std::printf(" %.5f", entropy - coupling * m * m / 2);
    }
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"size", "how a transition sharpens with N", size},
                      {"slowing", "the longest memory there is", slowing},
                      {"rate", "how it sharpens with a slower sweep", rate},
                      {"picture", "the data of picture.svg", picture}});
}
