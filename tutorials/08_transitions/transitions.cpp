/// Lesson 8: which transitions can be foretold. A well that softens, a well that disappears, and a barrier
/// that noise climbs.

#include <cmath>

#include "models/tasks/langevin.hpp"
#include "rdm/window/spectrum.hpp"
#include "rdm/window/statistics.hpp"
#include "tutorials/08_transitions/solution.hpp"
#include "tutorials/lesson.hpp"
#include "tutorials/setting.hpp"

using namespace premelt;

namespace {

constexpr std::size_t width = 200;
constexpr int runs = 20;

/// 400 000 steps in a well of curvature h.
std::vector<double> well(double h) {
  const Langevin dynamics{.rate = 0.1, .noise = 0.1};
  Rng rng(8, "well");
  std::vector<double> path;
  double x = 0;
  for (int step = 0; step < 400000; ++step) path.push_back(x = dynamics.next(x, h * x, rng));
  return path;
}

void slowing() {
  std::printf("curvature  variance  by formula  memory  by formula\n");
  for (const double h : {1.0, 0.5, 0.2, 0.1, 0.05}) {
    const std::vector<double> path = well(h);
    double squares = 0;
    for (const double x : path) squares += x * x / static_cast<double>(path.size());
    std::printf("%9.2f  %.6f  %10.6f  %.4f  %10.4f\n", h, squares, 0.1 * 0.01 / (h * (2 - 0.1 * h)),
                lesson::memory(path), 1 - 0.1 * h);
  }
}

/// The last recording before the coordinate (first order parameter) has left for good; 0 when it stays.
std::size_t departure(const RunTrace& run, double barrier, double beyond) {
  const std::vector<double>& x = run.order[0];
  std::size_t last = 0;
  for (std::size_t t = 0; t < x.size(); ++t) {
    if (x[t] < barrier) last = t;
    if (x[t] > beyond) return last;
  }
  return 0;
}

/// A toy and how to tell its event.
struct Toy {
  const char* setting;
  std::size_t (*event)(const RunTrace&);
};
const Toy pitchfork{"pitchfork", [](const RunTrace&) { return std::size_t{2667}; }};  // curvature 0
const Toy fold{"fold", [](const RunTrace& run) { return departure(run, -0.58, 0.5); }};
const Toy metastable{"metastable", [](const RunTrace& run) { return departure(run, -0.101, 0.9); }};

/// SHC of the windows that end `gaps` recordings before the event, over that of the run's first window:
/// medians over runs that have an event late enough.
std::vector<double> rise(const Toy& toy, const std::vector<std::size_t>& gaps, Detrend detrend) {
  std::vector<std::vector<double>> ratios(gaps.size());
  for (int seed = 1; seed <= runs; ++seed) {
    const RunTrace run = lesson::record(toy.setting, {{"seed", std::to_string(seed)}});
    const std::size_t event = toy.event(run);
    if (event < gaps.front() + width) continue;
    const auto shc = [&](std::size_t end) {
      const Tensor<double> rows =
          run.losses.subspan((end + 1 - width) * run.losses.shape()[1], Shape{width, run.losses.shape()[1]});
      return moments(detrended(rows, detrend), Divisor::population).spectral_heat_capacity();
    };
    for (std::size_t g = 0; g < gaps.size(); ++g) ratios[g].push_back(shc(event - gaps[g]) / shc(width - 1));
  }
  std::vector<double> medians;
  for (const auto& ratio : ratios) medians.push_back(median(ratio));
  return medians;
}

void print_rise(const Toy& toy, const std::vector<std::size_t>& gaps) {
  const std::vector<double> raw = rise(toy, gaps, Detrend::none), rest = rise(toy, gaps, Detrend::linear);
  std::printf("%s, median of %d runs\nsteps before the event  SHC / start  detrended\n", toy.setting, runs);
  for (std::size_t g = 0; g < gaps.size(); ++g)
    std::printf("%22zu  %11.2f  %9.2f\n", gaps[g], raw[g], rest[g]);
}

const std::vector<std::size_t> far_to_near{1600, 800, 400, 200, 100, 0};

void second_order() {
  print_rise(pitchfork, far_to_near);
}
void tipping() {
  print_rise(fold, far_to_near);
}
void nucleus() {
  print_rise(metastable, {400, 200, 100, 50, 25, 0});
}

void picture() {
  std::vector<std::size_t> gaps;
  for (std::size_t gap = 1200; gap > 0; gap -= 25) gaps.push_back(gap);
  gaps.push_back(0);
  for (const Toy& toy : {pitchfork, fold, metastable}) {
    const std::vector<double> ratio = rise(toy, gaps, Detrend::none);
    for (std::size_t g = 0; g < gaps.size(); ++g) std::printf("-%zu %.3f\n", gaps[g], ratio[g]);
    std::printf("\n\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"slowing", "variance and memory in a well", slowing},
                      {"pitchfork", "second order: the well softens", second_order},
                      {"fold", "the well is tilted until it is gone", tipping},
                      {"nucleus", "first order: noise climbs a barrier", nucleus},
                      {"picture", "the data of picture.svg", picture}});
}
