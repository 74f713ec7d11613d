#include "rdm/samplers/sobol.hpp"

#include <bit>

#include "engine/tensor/random.hpp"

namespace premelt {

namespace {

/// A polynomial over {0,1}: bit k is the coefficient of x^k. Primitive when the powers of x run through all
/// 2^d − 1 non-zero remainders.
bool is_primitive(std::uint32_t polynomial) {
  const auto degree = static_cast<unsigned>(std::bit_width(polynomial)) - 1;
  const std::uint32_t top = 1u << degree, all = top - 1;
  std::uint32_t power = 1;
  for (std::uint32_t order = 1; order <= all; ++order) {
    power <<= 1;
    if ((power & top) != 0) power ^= polynomial;
    if (power == 1) return order == all;
  }
  return false;
}

std::vector<std::uint32_t> primitive_polynomials(std::size_t count) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t polynomial = 3; found.size() < count; polynomial += 2) {
    if (is_primitive(polynomial)) found.push_back(polynomial);
  }
  return found;
}

}  // namespace

SobolSequence::SobolSequence(std::size_t dimensions, std::uint64_t seed) {
  if (dimensions == 0) return;
  Rng rng(seed, "sobol");
  const std::vector<std::uint32_t> polynomials = primitive_polynomials(dimensions - 1);
  for (std::size_t a = 0; a < dimensions; ++a) {
    shift_.push_back(static_cast<std::uint32_t>(rng.bits()));
    std::array<std::uint32_t, bits>& v = directions_.emplace_back();
    // The first dimension is van der Corput's sequence; the others satisfy their polynomial's recurrence.
    const std::size_t degree =
        a == 0 ? bits : static_cast<std::size_t>(std::bit_width(polynomials[a - 1])) - 1;
    for (std::size_t k = 0; k < bits; ++k) {
      if (k < degree) {
        const std::uint32_t odd = a == 0 ? 1 : static_cast<std::uint32_t>(2 * rng.below(1u << k) + 1);
        v[k] = odd << (bits - 1 - k);
        continue;
      }
      v[k] = v[k - degree] ^ (v[k - degree] >> degree);
      for (std::size_t j = 1; j < degree; ++j) {
        if ((polynomials[a - 1] >> (degree - j) & 1) != 0) v[k] ^= v[k - j];
      }
    }
  }
}

double SobolSequence::point(std::uint32_t index, std::size_t dimension) const {
  std::uint32_t x = shift_[dimension];
  for (std::size_t k = 0; index != 0; ++k, index >>= 1) {
    if ((index & 1) != 0) x ^= directions_[dimension][k];
  }
  return (static_cast<double>(x) + 0.5) * 0x1p-32;
}

}  // namespace premelt
