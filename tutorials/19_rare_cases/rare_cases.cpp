/// Lesson 19: a network goes on learning, its mean loss falls, and what it knew of a rare case fades.

#include <algorithm>
#include <cmath>

#include "rdm/window/spectrum.hpp"
#include "rdm/window/statistics.hpp"
#include "tutorials/19_rare_cases/continual.hpp"
#include "tutorials/19_rare_cases/solution.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

constexpr std::size_t width = 100;
constexpr int steps = 900;
const Blocks blocks = lesson::Continual::blocks();
constexpr std::size_t rare = 0, common = 1;  // blocks, in order of first appearance

/// The losses (T,n) of all steps, and what is left of the rare coordinate.
struct Run {
  Tensor<double> losses;
  std::vector<double> remembered;
};
Run train(std::uint64_t seed, bool rehearsed, int last = steps) {
  lesson::Continual network(seed, rehearsed);
  const auto rows = static_cast<std::size_t>(last) + 1;
  Run run{Tensor<double>(Shape{rows, lesson::probes}), {}};
  for (std::size_t row = 0; row < rows; ++row) {
    if (row > 0) network.step();
    const Tensor<double> now = network.losses();
    std::ranges::copy(now.flat(), run.losses.row(row).begin());
    run.remembered.push_back(network.remembered());
  }
  return run;
}

double mean_loss(const Run& run, std::size_t row, std::size_t block) {
  double sum = 0;
  const std::vector<std::size_t> members = blocks.members(block);
  for (const std::size_t i : members) sum += run.losses(row, i) / static_cast<double>(members.size());
  return sum;
}

void fade() {
  const Run run = train(1, false), control = train(1, true);
  std::printf("      without rare inputs                      with them\n");
  std::printf("step   mean  common   rare  left  formula   mean  common   rare  left\n");
  for (std::size_t row = 0; row <= steps; row += 100) {
    std::printf(
        "%4zu  %5.3f  %6.3f  %5.3f  %4.2f  %7.2f  %5.3f  %6.3f  %5.3f  %4.2f\n", row,
        mean_of(run.losses.row(row)), mean_loss(run, row, common), mean_loss(run, row, rare),
        run.remembered[row],
        run.remembered[0] * std::pow(1 - lesson::rate * lesson::decay, 2.0 * static_cast<double>(row)),
        mean_of(control.losses.row(row)), mean_loss(control, row, common), mean_loss(control, row, rare),
        control.remembered[row]);
  }
}

/// A single mode of weights p, q whose input has the mean square `share`: the strength it keeps.
void share() {
  std::printf("share  kept  formula\n");
  for (const double share : {1.0, 0.5, 0.2, 0.1, 0.06, 0.04, 0.02}) {
    double p = 1, q = 1;
    const auto train = [&](double weight) {
      const double gap = weight * (1 - p * q), change = lesson::rate * (q * gap - lesson::decay * p);
      q += lesson::rate * (p * gap - lesson::decay * q);
      p += change;
    };
    for (int step = 0; step < 200000; ++step) train(share);
    std::printf("%5.2f  %4.2f  %7.2f\n", share, p * q, std::max(1 - lesson::decay / share, 0.0));
  }
}

/// The window whose newest recording is `newest`.
Tensor<double> window(const Run& run, std::size_t newest) {
  return run.losses.subspan((newest + 1 - width) * lesson::probes, Shape{width, lesson::probes});
}

/// Every detector's statement about a window.
struct Seen {
  double mean_rise, shc, mass, opposed, rare_shc, rare_rise, worst_rise;
};
Seen see(const Tensor<double>& losses) {
  const Spectrum found = spectrum(losses, 1, Divisor::population);
  const auto v = found.modes.row(0);
  Seen seen{};
  seen.shc = found.moments.spectral_heat_capacity();
  seen.mass = mode_shares(v, blocks)[rare];
  double along = 0, against = 0;
  for (std::size_t i = 0; i < v.size(); ++i) (i < lesson::rare_probes ? along : against) += v[i];
  seen.opposed = along * against < 0 ? 1 : 0;

  Tensor<double> rare_losses(Shape{width, lesson::rare_probes});
  double worst = -1e300;
  for (std::size_t t = 0; t < width; ++t) {
    for (std::size_t i = 0; i < lesson::rare_probes; ++i) rare_losses(t, i) = losses(t, i);
  }
  for (std::size_t i = 0; i < lesson::probes; ++i) {
    double change = 0;
    for (std::size_t t = 0; t < width; ++t) change += (t < width / 2 ? -2.0 : 2.0) / width * losses(t, i);
    seen.mean_rise += change / lesson::probes;
    worst = std::max(worst, change);
  }
  seen.worst_rise = worst;
  seen.rare_shc = moments(rare_losses, Divisor::population).spectral_heat_capacity();
  seen.rare_rise = lesson::change_of(losses, blocks, rare);
  return seen;
}

void eigenvector() {
  const Run run = train(1, false), control = train(1, true);
  std::printf("              without rare inputs                       with them\n");
  std::printf("step     SHC   v1 on rare  sign  SHC of rare      SHC   v1 on rare  SHC of rare\n");
  for (std::size_t row = 100; row <= steps; row += 100) {
    const Seen a = see(window(run, row)), b = see(window(control, row));
    std::printf("%4zu  %.1e  %10.2f  %4s  %11.1e  %.1e  %10.2f  %11.1e\n", row, a.shc, a.mass,
                a.opposed > 0 ? "-" : "+", a.rare_shc, b.shc, b.mass, b.rare_shc);
  }
}

void race() {
  constexpr std::uint64_t seeds = 20;
  const std::vector<std::size_t> when{100, 150, 200, 300};
  std::vector<std::vector<Seen>> runs(when.size()), controls(when.size());
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Run run = train(seed, false, 300), control = train(100 + seed, true, 300);
    for (std::size_t w = 0; w < when.size(); ++w) {
      runs[w].push_back(see(window(run, when[w])));
      controls[w].push_back(see(window(control, when[w])));
    }
  }
  std::printf("AUC, 20 runs against 20 controls          step 100   150   200   300\n");
  const auto print = [&](const char* name, double Seen::*what) {
    std::printf("%-46s", name);
    for (std::size_t w = 0; w < when.size(); ++w) {
      std::vector<double> positives, negatives;
      for (const Seen& seen : runs[w]) positives.push_back(seen.*what);
      for (const Seen& seen : controls[w]) negatives.push_back(seen.*what);
      std::printf("  %4.2f", auc(positives, negatives));
    }
    std::printf("\n");
  };
  print("nothing known:   mean loss rises", &Seen::mean_rise);
  print("                 SHC of all probes", &Seen::shc);
  print("                 largest rise of any one probe", &Seen::worst_rise);
  print("blocks known:    v1's mass on the rare block", &Seen::mass);
  print("                 SHC of the rare block", &Seen::rare_shc);
  print("                 mean loss of the rare block rises", &Seen::rare_rise);
}

/// Step, mean, rare, mean and rare of the control; then the rare mode's potential with and without its data.
void picture() {
  const Run run = train(1, false), control = train(1, true);
  for (std::size_t row = 0; row <= steps; row += 5) {
    std::printf("%zu %.5f %.5f %.5f %.5f\n", row, mean_of(run.losses.row(row)), mean_loss(run, row, rare),
                mean_of(control.losses.row(row)), mean_loss(control, row, rare));
  }
  std::printf("\n\n");
  for (double w = -1.4; w < 1.401; w += 0.02) {
    std::printf("%.2f", w);
    for (const double weight : {1.0, 0.5, 0.05, 0.0})
      std::printf(" %.5f", weight * std::pow(1 - w * w, 2) / 2 + lesson::decay * w * w - weight / 2);
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"fade", "losses while a rare case is forgotten", fade},
                      {"share", "how rare is too rare", share},
                      {"eigenvector", "what SHC and the top eigenvector show", eigenvector},
                      {"race", "who sees it, against runs in which nothing fades", race},
                      {"picture", "the data of picture.svg", picture}});
}
