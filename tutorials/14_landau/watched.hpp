#pragma once
/// The pitchfork's 60 probes in a well that is held still: their expected SHC, and the measured one.

#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "models/tasks/langevin.hpp"
#include "rdm/window/spectrum.hpp"
#include "tutorials/setting.hpp"

namespace lesson {

constexpr double rate = 0.1;        ///< η
constexpr std::size_t width = 200;  ///< W, recordings
constexpr std::size_t spectators = 8;

/// f = curvature·x²/2 + quartic·x⁴/4 under noise s, seen by probes with measurement noise s/5, one recording
/// every `every` steps.
struct Watched {
  double curvature;
  double noise = 0.1;
  int every = 1;
  double quartic = 1;
};

/// The probes of `premelt settings pitchfork`.
inline premelt::CoupledProbes probes(double measurement_noise) {
  return premelt::CoupledProbes(
      parameters("pitchfork", {{"measurement_noise", std::to_string(measurement_noise)}}));
}

/// What each probe sees of x (first) and of every spectator: 1 + 8 vectors of 60 numbers.
inline std::vector<std::vector<double>> couplings() {
  const premelt::CoupledProbes silent = probes(0);
  premelt::Rng unused(14, "noise");
  std::vector<std::vector<double>> columns;
  for (std::size_t m = 0; m <= spectators; ++m) {
    std::vector<double> coordinates(1 + spectators, 0.0), losses(silent.blocks().size());
    coordinates[m] = 1;
    silent.losses(std::span(coordinates).first(1), std::span(coordinates).subspan(1), unused, losses);
    for (double& loss : losses) loss -= 1;
    columns.push_back(losses);
  }
  return columns;
}

/// The covariance (W·W numbers) of a series of variance `variance` and memory `memory` inside a window, whose
/// own mean is taken away: PΣP.
inline std::vector<double> inside(double variance, double memory) {
  std::vector<double> sigma(width * width), row(width, 0.0);
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j < width; ++j) {
      const double apart = std::abs(static_cast<double>(i) - static_cast<double>(j));
      sigma[i * width + j] = variance * (apart == 0 ? 1 : std::pow(memory, apart));
      row[i] += sigma[i * width + j] / static_cast<double>(width);
    }
  }
  const double all = std::accumulate(row.begin(), row.end(), 0.0) / static_cast<double>(width);
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j < width; ++j) sigma[i * width + j] += all - row[i] - row[j];
  }
  return sigma;
}

/// E[SHC] of a window, exact for quartic = 0: x, spectators and measurement noise are independent Gaussian
/// series. `only_x`: without the latter two. Derived in the lesson's step 4.
inline double expected_shc(const Watched& watched, bool only_x = false) {
  const auto series = [&](double curvature) {
    const double s = watched.noise;
    return inside(rate * s * s / (curvature * (2 - rate * curvature)),
                  std::pow(1 - rate * curvature, watched.every));
  };
  const double measurement = only_x ? 0 : watched.noise / 5;
  const std::array<std::vector<double>, 3> kinds{series(watched.curvature), only_x ? inside(0, 0) : series(1),
                                                 inside(measurement * measurement, 0)};
  std::array<double, 3> v{};                 // E[S_jj]
  std::array<std::array<double, 3>, 3> q{};  // E[S_jk²], j ≠ k
  const double w = static_cast<double>(width);
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t i = 0; i < width; ++i) v[a] += kinds[a][i * width + i] / w;
    for (std::size_t b = 0; b < 3; ++b)
      q[a][b] = std::inner_product(kinds[a].begin(), kinds[a].end(), kinds[b].begin(), 0.0) / (w * w);
  }

  std::vector<std::vector<double>> columns = couplings();
  const std::size_t n = columns[0].size();
  for (std::size_t i = 0; i < n; ++i) {  // every probe's own noise
    columns.emplace_back(n, 0.0)[i] = 1;
  }
  const auto kind = [](std::size_t column) -> std::size_t {
    return column == 0 ? 0 : column <= spectators ? 1 : 2;
  };
  const auto g = [&](std::size_t j, std::size_t k) {
    return std::inner_product(columns[j].begin(), columns[j].end(), columns[k].begin(), 0.0);
  };
  double squares = 0, trace = 0, variance_of_trace = 0;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const std::size_t a = kind(j);
    trace += v[a] * g(j, j);
    variance_of_trace += 2 * q[a][a] * g(j, j) * g(j, j);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const std::size_t b = kind(k);
      squares += (v[a] * v[b] + q[a][b]) * g(j, k) * g(j, k) + q[a][b] * g(j, j) * g(k, k);
    }
  }
  const double count = static_cast<double>(n);
  return squares / count - (trace * trace + variance_of_trace) / (count * count);
}

/// The mean SHC of `windows` windows that do not overlap.
inline double measured_shc(const Watched& watched, int windows) {
  const premelt::CoupledProbes seen = probes(watched.noise / 5);
  const premelt::Langevin dynamics{.rate = rate, .noise = watched.noise};
  premelt::Rng rng(14, "data"), noise(14, "noise");
  std::array<double, 1> x{};
  std::array<double, spectators> z{};
  premelt::Tensor<double> losses(premelt::Shape{width, seen.blocks().size()});
  double sum = 0;
  for (int window = -1; window < windows; ++window) {  // the first one only settles
    for (std::size_t row = 0; row < width; ++row) {
      for (int step = 0; step < watched.every; ++step) {
        x[0] = dynamics.next(x[0], watched.curvature * x[0] + watched.quartic * x[0] * x[0] * x[0], rng);
        for (double& other : z) other = dynamics.next(other, other, rng);
      }
      seen.losses(x, z, noise, losses.row(row));
    }
    if (window < 0) continue;
    sum += premelt::moments(losses, premelt::Divisor::population).spectral_heat_capacity();
  }
  return sum / windows;
}

}  // namespace lesson
