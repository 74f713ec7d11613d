#pragma once
/// A vector of 128 bits with elementary functions: as much of xsimd's interface as the kernels use, made of
/// operations that IEEE 754 rounds alike everywhere, so that results are the same bits on every processor and
/// in WebAssembly.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

#include "engine/linalg/portable/vector.hpp"

namespace premelt::kernels::portable {

/// All ones or all zeros in each lane.
template <class T>
struct Mask {
  using Bits = decltype(Vector<T>{} < Vector<T>{});  ///< words as wide as the numbers
  Bits bits;                                         ///< all of a word's bits are the same
  /// Either.
  friend Mask operator||(Mask a, Mask b) { return {a.bits | b.bits}; }
};

/// The numbers.
template <class T>
class batch {
 public:
  using value_type = T;                                 ///< of a number
  static constexpr std::size_t size = vector_lanes<T>;  ///< numbers

  batch() = default;
  /// @{
  /// The same number everywhere; a vector's; those in memory, anywhere.
  explicit batch(T x) : v(splat(x)) {}
  explicit batch(Vector<T> x) : v(x) {}
  static batch load_unaligned(const T* from) { return batch(load(from)); }
  /// @}
  /// To memory, anywhere.
  void store_unaligned(T* to) const { store(to, v); }

  /// @{
  /// Lane by lane.
  friend batch operator+(batch a, batch b) { return batch(a.v + b.v); }
  friend batch operator-(batch a, batch b) { return batch(a.v - b.v); }
  friend batch operator*(batch a, batch b) { return batch(a.v * b.v); }
  friend batch operator/(batch a, batch b) { return batch(a.v / b.v); }
  friend batch operator-(batch a) { return batch(-a.v); }
  batch& operator+=(batch b) { return *this = *this + b; }
  friend Mask<T> operator<(batch a, batch b) { return {a.v < b.v}; }
  friend Mask<T> operator>(batch a, batch b) { return {a.v > b.v}; }

  /// @}

  Vector<T> v = {};  ///< the numbers
};

/// Where the mask is set a, elsewhere b.
template <class T>
batch<T> select(Mask<T> mask, batch<T> a, batch<T> b) {
  return batch<T>(mask.bits ? a.v : b.v);
}

/// Whether the mask is set anywhere.
template <class T>
bool any(Mask<T> mask) {
  for (std::size_t i = 0; i < vector_lanes<T>; ++i) {
    if (mask.bits[i] != 0) return true;
  }
  return false;
}

/// The larger one; b where they cannot be compared.
template <class T>
batch<T> max(batch<T> a, batch<T> b) {
  return select(a > b, a, b);
}

/// a·b + c, rounded twice: not every processor has it otherwise.
template <class T>
batch<T> fma(batch<T> a, batch<T> b, batch<T> c) {
  return a * b + c;
}

/// The sum of the lanes, halves first.
template <class T>
T hadd(batch<T> x) {
  if constexpr (vector_lanes<T> == 4)
    return (x.v[0] + x.v[2]) + (x.v[1] + x.v[3]);
  else
    return x.v[0] + x.v[1];
}

namespace detail {

using Doubles = batch<double>;     ///< two numbers
using Words = Mask<double>::Bits;  ///< two signed words of 64 bits

/// @{
/// ln 2 in two parts; whole numbers up to 2000 times the first are exact.
inline constexpr double ln2_high = 0x1.62e42fefap-1, ln2_low = 0x1.cf79abc9e3b398p-40;
/// @}

/// Σ c_k x^k, the highest power first in `c`.
template <std::size_t Count>
Doubles polynomial(const double (&c)[Count], Doubles x) {
  Doubles value(c[0]);
  for (std::size_t k = 1; k < Count; ++k) value = value * x + Doubles(c[k]);
  return value;
}

/// x = k·ln 2 + r with |r| ≤ ln 2 / 2, and 2^k. For |x| < 709.
struct Reduced {
  /// Of x.
  explicit Reduced(Doubles x) {
    constexpr double magic = 0x1.8p52;  // adding it leaves the nearest whole number in the last bits
    const Doubles shifted = x * Doubles(std::numbers::log2e) + Doubles(magic);
    const Doubles k = shifted - Doubles(magic);
    r = (x - k * Doubles(ln2_high)) - k * Doubles(ln2_low);
    const Words exponent = std::bit_cast<Words>(shifted.v) - std::bit_cast<std::int64_t>(magic) + 1023;
    power = Doubles(std::bit_cast<Vector<double>>(exponent << 52));
  }
  Doubles r;      ///< what is left
  Doubles power;  ///< 2^k
};

/// (eʳ - 1 - r)/r² for |r| ≤ 0.35: 1/2! + r/3! + ... + r^11/13!, which leaves 4e-18 of it.
inline Doubles exp_tail(Doubles r) {
  static constexpr double c[] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800,
                                 1.0 / 362880,     1.0 / 40320,     1.0 / 5040,     1.0 / 720,
                                 1.0 / 120,        1.0 / 24,        1.0 / 6,        1.0 / 2};
  return polynomial(c, r);
}

/// A function of doubles for floats: both halves through double, which leaves half a unit in the last place.
template <class Function>
batch<float> through_double(batch<float> x, Function function) {
  float in[4], out[4];
  x.store_unaligned(in);
  for (std::size_t half = 0; half < 4; half += 2) {
    const double wide[2] = {in[half], in[half + 1]};
    double result[2];
    function(Doubles::load_unaligned(wide)).store_unaligned(result);
    out[half] = static_cast<float>(result[0]);
    out[half + 1] = static_cast<float>(result[1]);
  }
  return batch<float>::load_unaligned(out);
}

}  // namespace detail

/// eˣ; 0 and infinity a little before the results leave the numbers, beyond ±708.
inline batch<double> exp(batch<double> x) {
  using B = batch<double>;
  const detail::Reduced reduced(x);
  const B r = reduced.r;
  const B value = (B(1) + (r + r * r * detail::exp_tail(r))) * reduced.power;
  const B low = select(x < B(-708.5), B(0), value);
  return select(x > B(709), B(std::numeric_limits<double>::infinity()), low);
}

/// log x for normal positive numbers; -infinity at 0, NaN below. With x = 2^k m: k·ln 2 + 2
/// artanh((m-1)/(m+1)).
inline batch<double> log(batch<double> x) {
  using B = batch<double>;
  using detail::Words;
  constexpr std::int64_t root_half = 0x3FE6A09E667F3BCD;  // √½
  const Words shifted = std::bit_cast<Words>(x.v) - root_half;
  const Words exponent = shifted >> 52;
  const B k(__builtin_convertvector(exponent, Vector<double>));
  const B m(std::bit_cast<Vector<double>>(std::bit_cast<Words>(x.v) - (exponent << 52)));  // in [√½, √2)
  static constexpr double c[] = {2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13,
                                 2.0 / 11, 2.0 / 9,  2.0 / 7,  2.0 / 5,  2.0 / 3};
  const B f = m - B(1), s = f / (m + B(1)), z = s * s;
  // 2s = f - s·f exactly: f has no rounding of its own, which 2s would have.
  const B small = f - s * (f - z * detail::polynomial(c, z));
  const B value = k * B(detail::ln2_high) + (small + k * B(detail::ln2_low));
  const B infinity(std::numeric_limits<double>::infinity());
  const B zero =
      select(x > B(0), value, select(x < B(0), B(std::numeric_limits<double>::quiet_NaN()), -infinity));
  const B ends = select(x > B(std::numeric_limits<double>::max()), infinity, zero);
  return select(Mask<double>{x.v != x.v}, x, ends);
}

/// tanh x = e/(e + 2) with e = exp(2|x|) - 1, whose digits are kept near 0.
inline batch<double> tanh(batch<double> x) {
  using B = batch<double>;
  const B magnitude = select(x < B(0), -x, x);
  const detail::Reduced reduced(select(magnitude > B(20), B(40), magnitude + magnitude));
  const B r = reduced.r, p = reduced.power;
  const B e = p * (r + r * r * detail::exp_tail(r)) + (p - B(1));
  const B value = e / (e + B(2));
  return select(Mask<double>{x.v != x.v}, x, select(x < B(0), -value, value));
}

/// @{
/// The same for floats, denormal ones too.
inline batch<float> exp(batch<float> x) {
  return detail::through_double(x, [](batch<double> v) { return exp(v); });
}
inline batch<float> log(batch<float> x) {
  return detail::through_double(x, [](batch<double> v) { return log(v); });
}
inline batch<float> tanh(batch<float> x) {
  return detail::through_double(x, [](batch<double> v) { return tanh(v); });
}
/// @}

/// The C library's, number by number in double: rounded to float, libraries hardly ever differ.
inline batch<float> erf(batch<float> x) {
  float lanes[4];
  x.store_unaligned(lanes);
  for (float& lane : lanes) lane = static_cast<float>(std::erf(static_cast<double>(lane)));
  return batch<float>::load_unaligned(lanes);
}

}  // namespace premelt::kernels::portable
