/// Lesson 16: how long a barrier holds, why nothing foretells its end, and the droplet that ends it in a
/// chain.

#include <algorithm>
#include <cmath>

#include "rdm/window/statistics.hpp"
#include "tutorials/16_nucleation/escape.hpp"
#include "tutorials/16_nucleation/solution.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

/// The exact mean time from the bottom to x = 0.7 in continuous time: ∫ e^{f(y)/T} ∫ e^{-f(z)/T} dz dy / T.
double exact_time(double temperature) {
  constexpr double dx = 1e-4;
  double inside = 0, sum = 0;
  for (double y = -2.5; y < 0.7; y += dx) {
    inside += std::exp(-lesson::potential(y) / temperature) * dx;
    if (y >= lesson::bottom) sum += std::exp(lesson::potential(y) / temperature) * inside * dx;
  }
  return sum / temperature;
}

std::vector<double> waiting_times(double barrier_over_t, int runs) {
  Rng rng(16, "waiting");
  std::vector<double> times;
  for (int run = 0; run < runs; ++run)
    times.push_back(lesson::waiting_time(lesson::barrier() / barrier_over_t, rng));
  return times;
}

void kramers() {
  std::printf("barrier %.4f; means of 500 escapes\nbarrier/T   waiting time  Kramers    exact\n",
              lesson::barrier());
  std::vector<double> heights{2, 3, 4, 5, 6}, logs;
  for (const double height : heights) {
    const double temperature = lesson::barrier() / height, mean = mean_of(waiting_times(height, 500));
    logs.push_back(std::log(mean));
    std::printf("%9.0f  %13.1f  %7.1f  %7.1f\n", height, mean,
                lesson::kramers_time(lesson::curvature(lesson::bottom), lesson::curvature(lesson::top),
                                     lesson::barrier(), temperature),
                exact_time(temperature));
  }
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < heights.size(); ++i) {
    products += (heights[i] - 4) * logs[i];
    squares += (heights[i] - 4) * (heights[i] - 4);
  }
  std::printf("ln(time) grows by %.3f for every T of barrier\n", products / squares);
}

void waiting() {
  std::vector<double> times = waiting_times(4, 3000);
  const double mean = mean_of(times);
  double squares = 0;
  for (const double t : times) squares += (t - mean) * (t - mean) / static_cast<double>(times.size());
  std::printf("3000 escapes over a barrier of 4T; mean %.0f, standard deviation %.0f\n", mean,
              std::sqrt(squares));
  std::printf("already waited  still there  exp(-t)  mean further wait\n");
  for (const double waited : {0.0, 0.5, 1.0, 1.5, 2.0, 3.0}) {
    std::vector<double> further;
    for (const double t : times) {
      if (t > waited * mean) further.push_back(t / mean - waited);
    }
    std::printf("%14.1f  %11.3f  %7.3f  %17.2f\n", waited,
                static_cast<double>(further.size()) / static_cast<double>(times.size()), std::exp(-waited),
                mean_of(further));
  }
}

constexpr std::size_t width = 100;

/// What a window whose newest recording is path[newest] says.
struct Seen {
  double level, variance, memory;
};
Seen window(const std::vector<double>& path, std::size_t newest) {
  const std::span<const double> x(path.data() + newest + 1 - width, width);
  const double mean = mean_of(x);
  double squares = 0, products = 0;
  for (std::size_t t = 0; t < width; ++t) {
    squares += (x[t] - mean) * (x[t] - mean);
    if (t > 0) products += (x[t] - mean) * (x[t - 1] - mean);
  }
  return {mean, squares / width, products / squares};
}

/// The last step before the path has crossed the barrier for good.
std::size_t departure(const std::vector<double>& path) {
  std::size_t last = path.size() - 1;
  while (path[last] > lesson::top) --last;
  return last;
}

/// Windows that end `gap` steps before the departure in some runs, and in others, that stay for 2000 steps
/// more, at the same age.
void alarms() {
  const std::vector<std::size_t> gaps{0, 5, 10, 20, 40, 80, 160, 320};
  constexpr std::size_t longest = 320, further = 2000;
  const double temperature = lesson::barrier() / 4;
  Rng events(16, "events"), others(16, "others");
  std::vector<std::vector<Seen>> before(gaps.size()), never(gaps.size());
  while (before[0].size() < 1000) {
    const std::vector<double> run = lesson::escape(temperature, events);
    const std::size_t end = departure(run);
    if (end < longest + 2 * width) continue;
    std::vector<double> control;
    while (control.empty() || departure(control) < end + further)
      control = lesson::escape(temperature, others);
    for (std::size_t g = 0; g < gaps.size(); ++g) {
      before[g].push_back(window(run, end - gaps[g]));
      never[g].push_back(window(control, end - gaps[g]));
    }
  }
  const auto score = [&](std::size_t g, double Seen::*what) {
    std::vector<double> positives, negatives;
    for (const Seen& seen : before[g]) positives.push_back(seen.*what);
    for (const Seen& seen : never[g]) negatives.push_back(seen.*what);
    return auc(positives, negatives);
  };
  std::printf("AUC, 1000 escapes against 1000 runs that stay\nsteps before   level  variance  memory\n");
  for (std::size_t g = 0; g < gaps.size(); ++g)
    std::printf("%12zu  %6.2f  %8.2f  %6.2f\n", gaps[g], score(g, &Seen::level), score(g, &Seen::variance),
                score(g, &Seen::memory));
}

/// A minimum of the tilted well: from where, downhill.
double settled(double x, double tilt) {
  for (int i = 0; i < 10000; ++i) x -= 0.1 * lesson::slope(x, tilt);
  return x;
}

/// A ring on the left, with a droplet of that half-width on the right.
lesson::Chain droplet(std::size_t units, double half_width, double tilt) {
  const double left = settled(-1, tilt), right = settled(1, tilt), middle = static_cast<double>(units) / 2;
  std::vector<double> x;
  for (std::size_t i = 0; i < units; ++i) {
    const double from = static_cast<double>(i) - middle;
    x.push_back(left + (right - left) / 2 *
                           (std::tanh((from + half_width) / 1.4) - std::tanh((from - half_width) / 1.4)));
  }
  return {x, tilt};
}

/// The saddle between shrinking and growing: of all states that a droplet rolls through, started at the width
/// between the two, the one with the smallest gradient.
lesson::Chain nucleus(std::size_t units, double tilt) {
  const double left = settled(-1, tilt), half = static_cast<double>(units);
  double shrinks = 0, grows = half / 4, flattest = 1e300;
  lesson::Chain saddle = droplet(units, grows, tilt);
  for (int i = 0; i < 45; ++i) {
    const double middle = (shrinks + grows) / 2;
    lesson::Chain chain = droplet(units, middle, tilt);
    while (chain.displaced(left) > 0.5 && chain.displaced(left) < half) {
      const lesson::Chain before = chain;
      const double gradient = chain.roll(0.1);
      if (gradient >= flattest) continue;
      flattest = gradient;
      saddle = before;
    }
    (chain.displaced(left) < half ? shrinks : grows) = middle;
  }
  return saddle;
}

/// Two walls from the left state up to where the well is level with it again: 2∫√(2κ(f - f_left)) dφ.
double nucleus_energy(double tilt) {
  const double left = settled(-1, tilt), level = lesson::potential(left, tilt);
  double sum = 0;
  constexpr double dx = 1e-5;
  for (double x = left + dx / 2; lesson::potential(x, tilt) >= level; x += dx)
    sum += 2 * std::sqrt(2 * lesson::Chain::coupling * (lesson::potential(x, tilt) - level)) * dx;
  return sum;
}

/// The highest point between the wells of a single unit, over the left one.
double single_barrier(double tilt) {
  double highest = -1e300;
  for (double x = -0.9; x < 0.5; x += 1e-4) highest = std::max(highest, lesson::potential(x, tilt));
  return highest - lesson::potential(settled(-1, tilt), tilt);
}

constexpr double chain_tilt = 0.25;

void droplets() {
  std::printf("tilt  barrier of one unit  of 32 at once  critical nucleus  continuum  its top\n");
  for (const double tilt : {0.15, 0.2, 0.25, 0.3}) {
    const lesson::Chain saddle = nucleus(32, tilt);
    const double rest = 32 * lesson::potential(settled(-1, tilt), tilt);
    std::printf("%4.2f  %19.4f  %13.3f  %16.4f  %9.4f  %7.2f\n", tilt, single_barrier(tilt),
                32 * single_barrier(tilt), saddle.energy() - rest, nucleus_energy(tilt),
                std::ranges::max(saddle.units()));
  }
}

/// The mean time in which a ring gets a droplet that grows: twelve units turned.
double nucleation_time(std::size_t units, double temperature, int runs) {
  Rng rng(16, "chain");
  const Langevin dynamics = lesson::at(temperature);
  double sum = 0;
  for (int run = 0; run < runs; ++run) {
    lesson::Chain chain = droplet(units, 0, chain_tilt);
    for (; chain.turned() < 12; sum += lesson::rate) chain.step(dynamics, rng);
  }
  return sum / runs;
}

void chain() {
  const double energy = nucleus_energy(chain_tilt);
  std::printf("critical nucleus %.3f; means of 100 runs\n", energy);
  std::printf("nucleus/T  16 units  32 units  64 units\n");
  for (const double height : {6.0, 8.0, 10.0}) {
    std::printf("%9.0f", height);
    for (const std::size_t units : {16u, 32u, 64u})
      std::printf("  %8.1f", nucleation_time(units, energy / height, 100));
    std::printf("\n");
  }
}

/// The energy of a droplet against its width for three tilts; then barrier/T, time, Kramers.
void picture() {
  for (double half_width = 0; half_width <= 8; half_width += 0.1) {
    std::printf("%.2f", 2 * half_width);
    for (const double tilt : {0.0, 0.1, 0.25})
      std::printf(" %.4f", droplet(32, half_width, tilt).energy() - droplet(32, 0, tilt).energy());
    std::printf("\n");
  }
  std::printf("\n\n");
  for (const double height : {2.0, 3.0, 4.0, 5.0, 6.0}) {
    const double temperature = lesson::barrier() / height;
    std::printf("%.1f %.3f %.3f\n", height, mean_of(waiting_times(height, 300)),
                lesson::kramers_time(lesson::curvature(lesson::bottom), lesson::curvature(lesson::top),
                                     lesson::barrier(), temperature));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"kramers", "waiting time against barrier", kramers},
                      {"waiting", "waiting times have no memory", waiting},
                      {"alarms", "AUC of windows before an escape", alarms},
                      {"droplets", "the critical nucleus of a chain", droplets},
                      {"chain", "waiting time against nucleus and length", chain},
                      {"picture", "the data of picture.svg", picture}});
}
