#include "engine/tensor/random.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/tensor/error.hpp"
#include "engine/tensor/hash.hpp"

namespace premelt {

namespace {

/// SplitMix64's finaliser: a bijection that mixes all bits.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// c[0] + c[1] x + ... + c[7] x^7
double polynomial(const std::array<double, 8>& c, double x) {
  double value = 0;
  for (std::size_t i = c.size(); i-- > 0;) value = value * x + c[i];
  return value;
}

/// log x of a positive number, from operations that IEEE 754 rounds alike everywhere: those of C libraries
/// differ in last bits, one library even between processors. With x = 2^k m: k log 2 + 2 artanh((m-1)/(m+1)).
double portable_log(double x) {
  int exponent = 0;
  double m = 2 * std::frexp(x, &exponent);  // in [1, 2)
  if (m > std::numbers::sqrt2) m /= 2, ++exponent;
  const double s = (m - 1) / (m + 1);
  double series = 0;  // up to s^22, |s| <= 0.172
  for (int k = 23; k > 0; k -= 2) series = series * (s * s) + 2.0 / k;
  return (exponent - 1) * std::numbers::ln2 + s * series;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(p1),
               static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(p0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

Rng::Rng(std::uint64_t seed, std::string_view stream)
    : state_{mix(mix(seed + 0x9e3779b97f4a7c15ULL) ^ fnv1a(stream)), 0} {}

std::uint64_t Rng::bits() {
  const std::uint64_t block = state_.position / 2;
  if (block != buffered_block_) {
    block_ = philox({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 0, 0},
                    {static_cast<std::uint32_t>(state_.key), static_cast<std::uint32_t>(state_.key >> 32)});
    buffered_block_ = block;
  }
  const std::size_t half = 2 * (state_.position % 2);
  ++state_.position;
  return (std::uint64_t{block_[half + 1]} << 32) | block_[half];
}

double unit_interval(std::uint64_t word) {
  // From 1/2 on, half a step is rounded away; the last words would give 1.
  return std::min((static_cast<double>(word >> 11) + 0.5) * 0x1p-53, 1 - 0x1p-53);
}

double Rng::normal() {
  return normal_quantile(uniform());
}

std::uint64_t Rng::below(std::uint64_t n) {
  if (n == 0) throw Error("[below] there is no number below 0");
  const std::uint64_t limit = ~std::uint64_t{0} - (~std::uint64_t{0} % n + 1) % n;
  std::uint64_t word = bits();
  while (word > limit) word = bits();
  return word % n;
}

double normal_quantile(double probability) {
  // Coefficients of M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988) 477-484.
  static constexpr std::array<double, 8> a{
      3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
      4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr std::array<double, 8> b{1.0,
                                           4.2313330701600911252e+1,
                                           6.8718700749205790830e+2,
                                           5.3941960214247511077e+3,
                                           2.1213794301586595867e+4,
                                           3.9307895800092710610e+4,
                                           2.8729085735721942674e+4,
                                           5.2264952788528545610e+3};
  static constexpr std::array<double, 8> c{1.42343711074968357734e0,  4.63033784615654529590e0,
                                           5.76949722146069140550e0,  3.64784832476320460504e0,
                                           1.27045825245236838258e0,  2.41780725177450611770e-1,
                                           2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr std::array<double, 8> d{1.0,
                                           2.05319162663775882187e0,
                                           1.67638483018380384940e0,
                                           6.89767334985100004550e-1,
                                           1.48103976427480074590e-1,
                                           1.51986665636164571966e-2,
                                           5.47593808499534494600e-4,
                                           1.05075007164441684324e-9};
  static constexpr std::array<double, 8> e{6.65790464350110377720e0,  5.46378491116411436990e0,
                                           1.78482653991729133580e0,  2.96560571828504891230e-1,
                                           2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                           2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr std::array<double, 8> f{1.0,
                                           5.99832206555887937690e-1,
                                           1.36929880922735805310e-1,
                                           1.48753612908506148525e-2,
                                           7.86869131145613259100e-4,
                                           1.84631831751005468180e-5,
                                           1.42151175831644588870e-7,
                                           2.04426310338993978564e-15};
  const double q = probability - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double tail = q < 0 ? probability : 1 - probability;
  if (tail == 0) return std::copysign(std::numeric_limits<double>::infinity(), q);
  if (!(tail > 0)) return std::numeric_limits<double>::quiet_NaN();
  double r = std::sqrt(-portable_log(tail));
  if (r <= 5) {
    r -= 1.6;
    r = polynomial(c, r) / polynomial(d, r);
  } else {
    r -= 5;
    r = polynomial(e, r) / polynomial(f, r);
  }
  return q < 0 ? -r : r;
}

}  // namespace premelt
