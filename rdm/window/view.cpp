#include "rdm/window/view.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/numbers.hpp"

namespace premelt {

namespace {

/// Nothing is done to any loss: what is seen is what the stream holds.
bool is_plain(const Channel& channel, std::size_t probes) {
  return channel.probes.size() == probes && channel.transform == Transform::none && !channel.basis &&
         std::ranges::is_sorted(channel.probes);
}

/// They differ in nothing but their names and detrending.
bool sees_the_same(const Channel& a, const Channel& b) {
  return a.probes == b.probes && a.transform == b.transform && !a.basis && !b.basis;
}

/// What `channel` makes of the losses of a recording.
LossWindow::Look look_of(const Channel& channel, std::size_t probes) {
  if (is_plain(channel, probes)) return nullptr;
  return [channel](std::span<const double> losses, std::span<double> seen) {
    const std::size_t m = seen.size();
    for (std::size_t i = 0; i < m; ++i) seen[i] = losses[channel.probes[i]];
    if (channel.transform == Transform::log)
      std::ranges::transform(seen, seen.begin(), [](double x) { return std::log(x); });
    if (!channel.basis) return;
    const std::vector<double> picked(seen.begin(), seen.end());
    blas::gemv(blas::Transpose::no, m, m, 1.0, channel.basis->data(), m, picked.data(), 0.0, seen.data());
  };
}

/// By the full solver, as `spectrum` does it.
double solved_top(const LossWindow& window, const Tensor<double>& gram, double rows, Detrend detrend) {
  if (gram.shape()[0] > window.probes()) return spectrum(window, 1, detrend).eigenvalues(0);
  return std::max(0.0, blas::symmetric_eigen(gram, 1).values(0)) / rows;
}

}  // namespace

std::optional<std::size_t> probe_without_logarithm(const Channel& channel, std::span<const double> losses) {
  if (channel.transform != Transform::log) return std::nullopt;
  const std::size_t count = channel.probes.empty() ? losses.size() : channel.probes.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t probe = channel.probes.empty() ? i : channel.probes[i];
    if (!(losses[probe] > 0)) return probe;
  }
  return std::nullopt;
}

View::View(Channel channel, std::shared_ptr<const Source> source)
    : channel_(std::move(channel)), source_(std::move(source)) {}

Signals View::signals() {
  if (!defined() || !window().full())
    return {{window().probes(), undefined, undefined}, undefined, undefined};
  const Tensor<double> gram = window().gram(channel_.detrend);  // has C's non-zero spectrum, times its rows
  const auto rows = static_cast<double>(window().effective_rows(channel_.detrend));
  const Moments moments = gram_moments(gram, rows, window().probes());
  const auto top = top_(gram, rows * moments.frobenius);
  return {moments, top ? *top / rows : solved_top(window(), gram, rows, channel_.detrend), newest_mean()};
}

Spectrum View::spectrum(std::size_t count) const {
  return premelt::spectrum(window(), count, channel_.detrend);
}

double View::newest_mean() const {
  const LossWindow& window = source_->window;
  const std::size_t last = window.size() - 1;
  const double newest = window.mean(last);
  if (channel_.detrend == Detrend::none) return newest;
  if (channel_.detrend == Detrend::diff) return newest - window.mean(last - 1);
  const auto w = static_cast<double>(window.size());
  double residual = 0;
  for (std::size_t a = 0; a < last; ++a) {
    const double time = static_cast<double>(a) - (w - 1) / 2;
    const double weight =
        1 / w + time * 6 / (w * (w + 1));  // of recording a in the line's value at the newest
    residual += weight * (newest - window.mean(a));
  }
  return residual;
}

double View::relative_change(double trace) const {
  const double change = std::sqrt(trace / static_cast<double>(window().probes()));
  if (channel_.transform == Transform::log) return change;
  return change / std::abs(window().mean(window().size() - 1));
}

Views::Views(std::size_t probes, std::size_t window) : ring_(std::make_shared<LossRing>(probes, window)) {}

void Views::add(Channel channel) {
  if (channel.probes.empty()) {
    channel.probes.resize(probes());
    std::iota(channel.probes.begin(), channel.probes.end(), std::size_t{0});
  }
  if (std::ranges::max(channel.probes) >= probes()) {
    throw UsageError("channel '" + channel.suffix + "' asks for probe " +
                     std::to_string(std::ranges::max(channel.probes)) + " of " + std::to_string(probes()));
  }
  const auto same = std::ranges::find_if(
      sources_, [&](const auto& source) { return sees_the_same(source->look, channel); });
  if (same != sources_.end()) {
    views_.push_back(View(std::move(channel), *same));
    return;
  }
  LossWindow window(ring_, channel.probes.size(), look_of(channel, probes()));
  const bool defined = !channel.basis || !channel.basis->empty();
  sources_.push_back(std::make_shared<View::Source>(View::Source{channel, std::move(window), defined}));
  views_.push_back(View(std::move(channel), sources_.back()));
}

void Views::push(std::span<const double> losses) {
  ring_->push(losses);
  for (const auto& source : sources_) {
    source->defined = source->defined && !probe_without_logarithm(source->look, losses);
    if (source->defined) source->window.follow();
  }
}

}  // namespace premelt
