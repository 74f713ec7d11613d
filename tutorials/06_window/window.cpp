/// Lesson 6: what a spike of the spectral heat capacity is made of: drift, fluctuation, and the window
/// itself.

#include <array>
#include <cmath>
#include <vector>

#include "engine/tensor/random.hpp"
#include "models/tasks/saxe.hpp"
#include "rdm/window/loss_window.hpp"
#include "rdm/window/null.hpp"
#include "rdm/window/spectrum.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

constexpr std::size_t probes = 30;
constexpr double tau = 100;  // steps

/// One mode of a two-layer linear network on its exact learning curve, seen by 30 probes: ℓ_i = ½(s − u)²c_i,
/// plus noise.
class Mode {
 public:
  Mode(double target, double start, double noise = 0)
      : target_(target), start_(start), noise_(noise), rng_(6, "noise"), losses_(probes) {
    Rng couplings(6, "probes");
    for (double& c : coupling_) c = std::pow(couplings.normal(), 2);  // c_i = (v·x_i)²
  }

  double learnt(double step) const { return saxe::strength(step, target_, start_, tau); }
  const std::vector<double>& losses(double step) {
    const double rest = target_ - learnt(step);
    for (std::size_t i = 0; i < probes; ++i) {
      losses_[i] = 0.5 * rest * rest * coupling_[i] + noise_ * rng_.normal();
    }
    return losses_;
  }
  double half_time() const { return saxe::time_to_reach(0.5, target_, start_, tau); }

 private:
  double target_, start_, noise_;
  Rng rng_;
  std::array<double, probes> coupling_{};
  std::vector<double> losses_;
};

/// The step at which SHC is highest.
int peak(Mode mode, std::size_t width) {
  LossWindow window(probes, width);
  int at = 0;
  double highest = 0;
  for (int step = 0; step <= 2 * static_cast<int>(mode.half_time()); ++step) {
    window.push(mode.losses(step));
    if (!window.full()) continue;
    const double shc = moments(window).spectral_heat_capacity();
    if (shc > highest) {
      highest = shc;
      at = step;
    }
  }
  return at;
}

/// Two recordings only: their covariance is a quarter of the squared change, so SHC is a speedometer.
void speed() {
  std::printf("target  start   learnt at the peak\n");
  for (const double target : {1.0, 2.0, 4.0}) {
    for (const double start : {1e-3, 1e-6}) {
      const Mode mode(target, start);
      std::printf("%6.0f  %.0e  %.3f of the target\n", target, start,
                  mode.learnt(peak(mode, 2) - 0.5) / target);
    }
  }
}

void delay() {
  const Mode mode(1, 1e-4);
  std::printf("half learnt at step %.1f\n", mode.half_time());
  std::printf("window  SHC peaks at  by formula  steps before half\n");
  for (const std::size_t width : {5u, 20u, 40u, 80u}) {
    const double formula =
        mode.half_time() - saxe::lead_of_steepest_fall(1, tau) + (static_cast<double>(width) - 1) / 2;
    const int at = peak(mode, width);
    std::printf("%6zu  %12d  %10.1f  %17.1f\n", width, at, formula, mode.half_time() - at);
  }
}

void drift() {
  const double velocity = 0.01, n = probes;
  LossWindow window(probes, 20);
  for (int step = 0; step < 20; ++step) window.push(std::vector<double>(probes, velocity * step));
  const double lambda = (20.0 * 20 - 1) / 12 * n * velocity * velocity;
  const Moments found = moments(window), rest = moments(window, Detrend::linear);
  std::printf("every loss moves by 0.01 a step; window of 20\n");
  std::printf("PR        %.4f, expected 1\n", found.participation_ratio());
  std::printf("SHC       %.4e, expected %.4e\n", found.spectral_heat_capacity(),
              lambda * lambda * (n - 1) / (n * n));
  std::printf("SHC with each probe's line removed: %.1e\n", rest.spectral_heat_capacity());
}

void noise() {
  Mode mode(1, 1e-4, 0.01);
  LossWindow window(probes, 40);
  const IidNull raw = window_null(probes, 40, 0.01),
                detrended = window_null(probes, 40, 0.01, Detrend::linear);
  std::printf("step  learnt  SHC/null  detrended/null    PR\n");
  for (int step = 0; step <= 700; ++step) {
    window.push(mode.losses(step));
    if (step < 100 || step % 50 != 0) continue;
    const Moments now = moments(window), rest = moments(window, Detrend::linear);
    std::printf("%4d  %6.3f  %8.2f  %14.2f  %4.1f\n", step, mode.learnt(step),
                now.spectral_heat_capacity() / raw.shc_mean(),
                rest.spectral_heat_capacity() / detrended.shc_mean(), now.participation_ratio());
  }
}

/// Step, learnt, SHC over its null raw and detrended.
void picture() {
  Mode mode(1, 1e-4, 0.01);
  LossWindow window(probes, 40);
  const IidNull raw = window_null(probes, 40, 0.01),
                detrended = window_null(probes, 40, 0.01, Detrend::linear);
  for (int step = 0; step <= 800; ++step) {
    window.push(mode.losses(step));
    if (!window.full() || step % 2 != 0) continue;
    std::printf("%d %.4f %.4f %.4f\n", step, mode.learnt(step),
                moments(window).spectral_heat_capacity() / raw.shc_mean(),
                moments(window, Detrend::linear).spectral_heat_capacity() / detrended.shc_mean());
  }
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"speed", "SHC of two recordings peaks at a third", speed},
                      {"delay", "a longer window comes later", delay},
                      {"drift", "losses that move at constant speed", drift},
                      {"noise", "the spike with noise, raw and detrended", noise},
                      {"picture", "the data of picture.svg", picture}});
}
