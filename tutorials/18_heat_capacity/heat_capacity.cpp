/// Lesson 18: what a heat capacity is, where the 2RDM contains it, and that the spectral one is another
/// thing.

#include <cmath>

#include "rdm/window/spectrum.hpp"
#include "tutorials/18_heat_capacity/gibbs.hpp"
#include "tutorials/18_heat_capacity/solution.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

/// Mean and variance of the energy.
struct Energy {
  double mean = 0, variance = 0;
};

Energy sampled(std::size_t dimensions, bool quartic, double temperature, std::uint64_t seed) {
  constexpr int samples = 100000;
  lesson::Gibbs gibbs(dimensions, quartic, temperature, seed);
  double sum = 0, squares = 0;
  for (int i = 0; i < samples; ++i) {
    gibbs.next();
    const double energy = gibbs.energy() / temperature;
    sum += energy / samples;
    squares += energy * energy / samples;
  }
  return {temperature * sum, temperature * temperature * (squares - sum * sum)};
}

void capacity() {
  struct Landscape {
    const char* name;
    std::size_t dimensions;
    bool quartic;
    double exact;
  };
  constexpr double temperature = 0.01, change = 1.5;
  std::printf("landscape           Var(E)/T²  d<E>/dT   <E>/T  by formula\n");
  for (const Landscape& scape :
       {Landscape{"x²/2", 1, false, 0.5}, Landscape{"the same, 6 of them", 6, false, 3},
        Landscape{"x⁴/4", 1, true, 0.25}, Landscape{"the same, 6 of them", 6, true, 1.5}}) {
    const Energy here = sampled(scape.dimensions, scape.quartic, temperature, 1),
                 warmer = sampled(scape.dimensions, scape.quartic, temperature * change, 2);
    const int letters = scape.dimensions > 1 ? 19
                        : scape.quartic      ? 21
                                             : 20;  // bytes; ² and ⁴ have more than one
    std::printf("%-*s  %8.3f  %7.3f  %6.3f  %10.3f\n", letters, scape.name,
                here.variance / (temperature * temperature),
                (warmer.mean - here.mean) / (temperature * (change - 1)), here.mean / temperature,
                scape.exact);
  }
}

/// Of E = ½(pq)² over the square |p|, |q| < 1: u = |pq| has the density -ln u.
Energy singular(double beta) {
  double weights = 0, sum = 0, squares = 0;
  for (double v = -40; v < 0; v += 1e-3) {  // u = e^v
    const double u = std::exp(v), energy = beta * u * u / 2, weight = -v * u * std::exp(-energy);
    weights += weight;
    sum += weight * energy;
    squares += weight * energy * energy;
  }
  const double mean = sum / weights;
  return {mean, squares / weights - mean * mean};  // of βE
}

void learning() {
  std::printf("   beta  <E>/T  Var(E)/T²  1/2 less the logarithms\n");
  for (const double beta : {1e2, 1e4, 1e8, 1e16}) {
    const Energy found = singular(beta);
    const double log = std::log(beta);
    std::printf("%7.0e  %5.3f  %9.3f  %5.3f  %5.3f\n", beta, found.mean, found.variance, 0.5 - 1 / log,
                0.5 - (log + 1) / (log * log));
  }
}

constexpr std::size_t probes = 40;

/// 4000 samples of 40 losses at T = 0.01. 'a': all see one coordinate. 'b': in turns with either sign. 'c':
/// each sees its own.
Tensor<double> losses(char kind) {
  constexpr std::size_t samples = 4000;
  lesson::Gibbs gibbs(probes, false, 0.01, 18);
  Tensor<double> table(Shape{samples, probes});
  for (std::size_t row = 0; row < samples; ++row) {
    const std::span<const double> x = gibbs.next();
    for (std::size_t i = 0; i < probes; ++i) {
      const double sign = kind == 'b' && i % 2 == 1 ? -1 : 1;
      table(row, i) = kind == 'c' ? gibbs.energy(x[i]) : sign * gibbs.energy(x[0]);
    }
  }
  return table;
}

void spectral() {
  std::printf("40 losses, each of the same variance   heat capacity  SHC/trace²      PR\n");
  for (const auto& [kind, name] : {std::pair{'a', "one coordinate, seen by all"},
                                   {'b', "the same, half of them inverted"},
                                   {'c', "each its own coordinate"}}) {
    const Tensor<double> c = covariance(losses(kind), Divisor::population);
    const Moments found = matrix_moments(c);
    std::printf("%-37s  %13.2f  %10.5f  %6.2f\n", name, lesson::heat_capacity(c, 100),
                found.spectral_heat_capacity() / (found.trace * found.trace), found.participation_ratio());
  }
}

/// The variance of x in windows of `width` steps, over T times the response to a field: 1 in equilibrium. The
/// well moves by `speed` per step.
double ratio(double speed, int width) {
  constexpr double temperature = 0.005, field = 0.05;
  const double rate = 0.1;
  const Langevin dynamics{.rate = rate, .noise = std::sqrt(2 * temperature / rate)};
  double variance = 0, response = 0;
  constexpr int windows = 2000;
  Rng rng(18, "window"), same(18, "window");  // the pushed copy sees the same noise
  double x = 0, pushed = 0, well = 0;
  for (int window = -1; window < windows; ++window) {
    double sum = 0, squares = 0, moved = 0;
    const double start = x;
    for (int step = 0; step < width; ++step) {
      well += speed;
      x = dynamics.next(x, x - well, rng);
      pushed = dynamics.next(pushed, pushed - well - field, same);
      sum += (x - start) / width;
      squares += (x - start) * (x - start) / width;
      moved += (pushed - x) / width;
    }
    if (window < 0) continue;
    variance += (squares - sum * sum) / windows;
    response += moved / field / windows;
  }
  return variance / (temperature * response);
}

void equilibrium() {
  std::printf("variance / (T x response)\nspeed of the well  W = 50  W = 500  W = 500 by formula\n");
  for (const double speed : {0.0, 1e-4, 1e-3, 1e-2}) {
    constexpr double width = 500, a = 0.1 * width;
    const double seen = (1 - 2 / a + 2 / (a * a)) / (1 - 0.05);  // without drift; a step is finite
    std::printf("%17.0e  %6.2f  %7.2f  %18.2f\n", speed, ratio(speed, 50), ratio(speed, 500),
                seen + speed * speed * (width * width - 1) / 12 / 0.005);
  }
}

/// Mean energy and variance under exp(-f/T), f = ax²/2 + x⁴/4 - hx.
Energy landau(double a, double h, double temperature) {
  const auto f = [&](double x) { return a * x * x / 2 + std::pow(x, 4) / 4 - h * x; };
  double lowest = 1e300, weights = 0, sum = 0, squares = 0;
  for (double x = -4; x < 4; x += 1e-3) lowest = std::min(lowest, f(x));
  for (double x = -4; x < 4; x += 1e-3) {
    const double weight = std::exp(-(f(x) - lowest) / temperature);
    weights += weight;
    sum += weight * (f(x) - lowest);
    squares += weight * std::pow(f(x) - lowest, 2);
  }
  const double mean = sum / weights;
  return {mean, squares / weights - mean * mean};
}

/// Potentials of one well, a flat one and two tilted ones; then T and their heat capacities.
void picture() {
  for (double x = -1.6; x < 1.601; x += 0.02) {
    std::printf("%.2f", x);
    for (const auto& [a, h] : {std::pair{1.0, 0.0}, {0.0, 0.0}, {-1.0, 0.05}})
      std::printf(" %.5f", a * x * x / 2 + std::pow(x, 4) / 4 - h * x);
    std::printf("\n");
  }
  std::printf("\n\n");
  for (double t = 1e-3; t < 3; t *= 1.06) {
    std::printf("%.6f", t);
    for (const auto& [a, h] : {std::pair{1.0, 0.0}, {0.0, 0.0}, {-1.0, 0.05}})
      std::printf(" %.5f", landau(a, h, t).variance / (t * t));
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"capacity", "heat capacity by fluctuation and by response", capacity},
                      {"learning", "where it is the learning coefficient", learning},
                      {"spectral", "heat capacity and SHC of the same losses", spectral},
                      {"equilibrium", "a window that is in none", equilibrium},
                      {"picture", "the data of picture.svg", picture}});
}
