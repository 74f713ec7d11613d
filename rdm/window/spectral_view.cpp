#include "rdm/window/spectral_view.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/linalg/blas.hpp"
#include "engine/tensor/numbers.hpp"
#include "rdm/window/spectrum.hpp"

namespace premelt {

namespace {

std::vector<std::size_t> all_or(std::vector<std::size_t> some, std::size_t probes) {
  if (!some.empty()) return some;
  some.resize(probes);
  std::iota(some.begin(), some.end(), std::size_t{0});
  return some;
}

}  // namespace

double TopEigenvalue::operator()(const Tensor<double>& matrix) {
  constexpr int most_iterations = 100;
  constexpr double tolerance = 1e-7;
  const std::size_t n = matrix.shape()[0];
  if (vector_.size() != n) {
    vector_.assign(n, 1.0);
    vector_[0] = 2;  // the rows of a Gram are centred: they have no component along (1, ..., 1)
  }
  double value = 0;  // |Au|: right from the second iteration on, when u has unit length
  std::vector<double> image(n);
  for (int i = 0; i < most_iterations; ++i) {
    blas::gemv(blas::Op::none, n, n, 1.0, matrix.data(), n, vector_.data(), 0.0, image.data());
    const double length = norm(image);
    if (!(length > 0)) return length;  // 0, or NaN: no statement
    const double last = std::exchange(value, length);
    for (std::size_t a = 0; a < n; ++a) vector_[a] = image[a] / length;
    if (std::abs(value - last) <= tolerance * value) break;
  }
  return value;
}

SpectralView::SpectralView(const Channel& channel, std::size_t probes, std::size_t window,
                           std::vector<Detrend> detrends)
    : probes_(all_or(channel.probes, probes)),
      transform_(channel.transform),
      window_(probes_.size(), window) {
  const std::string suffix = channel.suffix.empty() ? "" : "_" + channel.suffix;
  for (Detrend detrend : detrends)
    readings_.push_back({suffix + (detrend == Detrend::linear ? "_detrended" : ""), detrend});
}

SpectralView SpectralView::whitened(const Tensor<double>& matrix, std::size_t probes, std::size_t window) {
  SpectralView view({.suffix = "whitened"}, probes, window);
  view.matrix_ = matrix;
  view.defined_ = !matrix.empty();
  return view;
}

std::vector<std::string> SpectralView::names() const {
  std::vector<std::string> names;
  for (const Reading& reading : readings_) {
    for (const char* name : {"shc", "pr", "localisation", "trace", "lambda1"})
      names.push_back(name + reading.suffix);
  }
  return names;
}

void SpectralView::push(std::span<const double> losses) {
  if (!defined_) return;
  std::vector<double> seen;
  for (std::size_t probe : probes_) seen.push_back(losses[probe]);
  if (transform_ == Transform::log) {
    defined_ = std::ranges::all_of(seen, [](double x) { return x > 0; });
    if (!defined_) return;
    for (double& x : seen) x = std::log(x);
  }
  if (!matrix_.empty()) {
    const std::size_t n = seen.size();
    std::vector<double> turned(n);
    blas::gemv(blas::Op::none, n, n, 1.0, matrix_.data(), n, seen.data(), 0.0, turned.data());
    seen = std::move(turned);
  }
  window_.push(seen);
}

std::vector<double> SpectralView::values() {
  std::vector<double> values;
  for (Reading& reading : readings_) {
    if (!defined_ || !window_.full()) {
      values.insert(values.end(), 5, undefined);
      continue;
    }
    const Tensor<double> gram = window_.gram(reading.detrend);  // has C's non-zero spectrum, times its rows
    const auto rows = static_cast<double>(window_.effective_rows(reading.detrend));
    const Moments m = gram_moments(gram, rows, window_.probes());
    const double pr = m.participation_ratio();
    values.insert(values.end(), {m.spectral_heat_capacity(), pr, 1 / pr, m.trace, reading.top(gram) / rows});
  }
  return values;
}

}  // namespace premelt
