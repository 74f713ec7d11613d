#include "rdm/samplers/deviates.hpp"

#include <algorithm>
#include <cmath>

#include "engine/linalg/blas.hpp"
#include "engine/train/init.hpp"

namespace premelt {

Deviates::Deviates(DrawKind kind, std::size_t dimensions, std::uint64_t seed)
    : kind_(kind),
      dimensions_(dimensions),
      block_(kind == DrawKind::orthogonal || kind == DrawKind::sphere ? dimensions : 8),
      key_(Rng(seed, "sampling").state().key),
      sobol_(kind == DrawKind::quasi_random ? dimensions : 0, seed) {}

void Deviates::fill(std::size_t first, Tensor<double>& rows) const {
  if (kind_ == DrawKind::orthogonal || kind_ == DrawKind::sphere) return fill_orthogonal(first, rows);
  if (kind_ == DrawKind::quasi_random) return fill_sobol(first, rows);
  for (std::size_t r = 0; r < rows.shape()[0]; ++r) {
    Rng rng(Rng::State{key_, (first + r) * dimensions_});
    for (double& z : rows.row(r)) z = rng.normal();
  }
}

void Deviates::fill_sobol(std::size_t first, Tensor<double>& rows) const {
  for (std::size_t r = 0; r < rows.shape()[0]; ++r) {
    for (std::size_t a = 0; a < dimensions_; ++a) {
      rows(r, a) = normal_quantile(sobol_.point(static_cast<std::uint32_t>(first + r), a));
    }
  }
}

void Deviates::fill_orthogonal(std::size_t first, Tensor<double>& rows) const {
  const std::size_t p = dimensions_;
  Tensor<double> frame;
  std::size_t frame_number = 0;
  for (std::size_t r = 0; r < rows.shape()[0]; ++r) {
    const std::size_t number = (first + r) / p, place = (first + r) % p;
    const std::uint64_t position = 2 * number * p * p;
    if (frame.empty() || number != frame_number) {
      Rng rng(Rng::State{key_, position});
      frame = premelt::orthogonal<double>(p, p, rng);
      frame_number = number;
    }
    double length = std::sqrt(static_cast<double>(p));
    if (kind_ == DrawKind::orthogonal) {
      Rng rng(Rng::State{key_, position + (p + place) * p});
      const Tensor<double> x = normal_tensor<double>(Shape{p}, rng);
      length = std::sqrt(blas::dot(p, x.data(), x.data()));
    }
    std::ranges::transform(frame.row(place), rows.row(r).begin(), [&](double q) { return length * q; });
  }
}

}  // namespace premelt
