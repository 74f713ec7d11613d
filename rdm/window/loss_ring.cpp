#include "rdm/window/loss_ring.hpp"

#include <algorithm>
#include <cmath>

#include "engine/tensor/error.hpp"

namespace premelt {

void check_losses(std::span<const double> losses, const std::string& where) {
  const auto bad = std::ranges::find_if_not(losses, [](double x) { return std::abs(x) <= largest_loss; });
  if (bad == losses.end()) return;
  throw DataError("the loss of probe " + std::to_string(bad - losses.begin()) + " is " +
                  (std::isfinite(*bad) ? "beyond 1e70" : std::to_string(*bad)) + " " + where);
}

LossRing::LossRing(std::size_t probes, std::size_t window) : rows_(Shape{window, probes}) {
  if (probes == 0) throw ShapeError("[loss_window] needs at least 1 probe");
  if (window < 2) {
    throw ShapeError("[loss_window] a covariance needs a window of at least 2 recordings, got " +
                     std::to_string(window));
  }
}

void LossRing::push(std::span<const double> losses) {
  if (losses.size() != probes()) {
    throw ShapeError("[loss_window] the window is for " + std::to_string(probes()) + " probes, got " +
                     std::to_string(losses.size()) + " losses");
  }
  check_losses(losses, "in recording " + std::to_string(recordings_) + " (both counted from 0)");
  std::ranges::copy(losses, rows_.row(recordings_ % window()).begin());
  ++recordings_;
}

std::size_t LossRing::size() const {
  return static_cast<std::size_t>(std::min<std::uint64_t>(recordings_, window()));
}

std::size_t LossRing::slot(std::size_t i) const {
  return static_cast<std::size_t>((recordings_ - size() + i) % window());
}

}  // namespace premelt
