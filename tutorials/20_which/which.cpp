/// Lesson 20: four ways to change suddenly, and three experiments that tell them apart.

#include <cmath>

#include "rdm/window/statistics.hpp"
#include "tutorials/15_first_order/decay_sweep.hpp"
#include "tutorials/15_first_order/solution.hpp"
#include "tutorials/16_nucleation/escape.hpp"
#include "tutorials/20_which/solution.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

constexpr double step = 0.02;  // time

/// A mode of `layers` weights, trained for long at `decay` from weights near `start`.
lesson::Mode settled(int layers, double start, double decay) {
  lesson::Mode mode(layers, start);
  for (int i = 0; i < 50000; ++i) mode.train(1, decay, step);
  return mode;
}

/// The rate at which a mode and a copy of it part, all of whose weights are pushed by the same little amount.
double parting(lesson::Mode mode, double decay) {
  lesson::Mode pushed = mode;
  pushed.push(1e-6);
  std::vector<double> distances;
  for (int i = 0; i < 25; ++i) {
    distances.push_back(mode.distance(pushed));
    mode.train(1, decay, step);
    pushed.train(1, decay, step);
  }
  return lesson::growth_rate(distances, step);
}

/// The same in the well of lesson 16, both copies under the same noise, `before` steps before it is left:
/// mean of 1000 escapes over a barrier of 4T.
double parting_in_well(std::size_t before) {
  Rng rng(20, "escapes"), noise(20, "noise");
  const double temperature = lesson::barrier() / 4;
  std::vector<double> rates;
  while (rates.size() < 1000) {
    const std::vector<double> path = lesson::escape(temperature, rng);
    std::size_t last = path.size() - 1;
    while (path[last] > lesson::top) --last;
    if (last < 2 * before + 200) continue;
    double x = path[last - before], pushed = x + 1e-6;
    std::vector<double> distances;
    for (int i = 0; i < 10; ++i) {
      distances.push_back(std::abs(pushed - x));
      const double shove = noise.normal() * std::sqrt(2 * temperature * lesson::rate);
      x += shove - lesson::rate * lesson::slope(x);
      pushed += shove - lesson::rate * lesson::slope(pushed);
    }
    rates.push_back(lesson::growth_rate(distances, lesson::rate));
  }
  return mean_of(rates);
}

/// Standard deviation over mean.
double variation(const std::vector<double>& times) {
  const double mean = mean_of(times);
  double squares = 0;
  for (const double t : times) squares += (t - mean) * (t - mean) / static_cast<double>(times.size());
  return std::sqrt(squares) / mean;
}

constexpr int seeds = 200;

/// Times at which u crosses one half, from small random weights and no decay.
std::vector<double> plateau_times() {
  Rng rng(20, "plateau");
  std::vector<double> times;
  for (int seed = 0; seed < seeds; ++seed) {
    lesson::Mode mode(2, 0);
    mode.shake(1e-3, rng);
    double time = 0;
    for (; mode.strength() < 0.5; time += step) mode.train(1, 0, step);
    times.push_back(time);
  }
  return times;
}

/// Times at which u crosses a tenth while decay moves by `speed` per time from `decay`, under weak noise.
std::vector<double> swept_times(int layers, double start, double decay, double speed) {
  Rng rng(20, "swept");
  std::vector<double> times;
  for (int seed = 0; seed < seeds; ++seed) {
    lesson::Mode mode(layers, start);
    const bool alive = start > 0.5;
    double time = 0;
    for (; (mode.strength() > 0.1) == alive; time += step) {
      mode.train(1, decay + speed * time, step);
      mode.shake(1e-4, rng);
    }
    times.push_back(time);
  }
  return times;
}

std::vector<double> escape_times() {
  Rng rng(20, "waiting");
  std::vector<double> times;
  for (int seed = 0; seed < seeds; ++seed) times.push_back(lesson::waiting_time(lesson::barrier() / 4, rng));
  return times;
}

void push() {
  const double spinodal = lesson::spinodal_decay(3, 1);
  lesson::Mode young(2, 0.01), older(2, 0.3);
  std::printf("rate at which a pushed copy parts   long before  shortly before\n");
  std::printf("plateau: two layers, small start    %11.2f  %14.2f\n", parting(young, 0), parting(older, 0));
  std::printf("annealed: two layers, decay falls   %11.2f  %14.2f\n", parting(settled(2, 0.01, 2), 2),
              parting(settled(2, 0.01, 1.05), 1.05));
  std::printf("fold: three layers, decay rises     %11.2f  %14.2f\n", parting(settled(3, 1, 0.1), 0.1),
              parting(settled(3, 1, 0.999 * spinodal), 0.999 * spinodal));
  std::printf("nucleus: a well held still          %11.2f  %14.2f\n", parting_in_well(640),
              parting_in_well(160));
}

void seeds_apart() {
  std::printf("standard deviation / mean of the time of the event, 200 seeds\n");
  std::printf("plateau   %.2f\n", variation(plateau_times()));
  std::printf("annealed  %.2f\n", variation(swept_times(2, 0, 1.5, -0.01)));
  std::printf("fold      %.2f\n", variation(swept_times(3, 1, 0.1, 0.01)));
  std::printf("nucleus   %.2f\n", variation(escape_times()));
}

/// Four potentials: a hilltop, a well that has gone flat, a fold, a barrier.
void picture() {
  for (double x = -1.5; x < 1.501; x += 0.02) {
    const double quartic = std::pow(x, 4) / 4;
    std::printf("%.2f %.4f %.4f %.4f %.4f\n", x, quartic - x * x / 2, quartic,
                quartic - x * x / 2 - 0.3849 * x, lesson::potential(x));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"push", "does a pushed copy return?", push},
                      {"seeds", "how the times of the event differ", seeds_apart},
                      {"picture", "the data of picture.svg", picture}});
}
