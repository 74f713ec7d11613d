#include "engine/ops/norm.hpp"

#include <cmath>
#include <limits>

#include "engine/kernels/rows.hpp"
#include "engine/kernels/vector_math.hpp"
#include "engine/ops/activation.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/tape/record.hpp"

namespace premelt {

using kernels::Rows;

namespace {

/// y = (x - m)·r for every row, with m the row's mean (0 unless `centre`) and r = 1/sqrt(mean((x-m)²) +
/// epsilon).
template <class T>
struct Normalised {
  Tensor<T> y;                ///< (..., C)
  std::vector<T> inverse_sd;  ///< r of each row
};

template <class T>
Normalised<T> normalise(const Tensor<T>& x, Rows rows, bool centre, double epsilon) {
  Normalised<T> result{Tensor<T>(x.shape()), std::vector<T>(rows.count)};
  const double width = static_cast<double>(rows.length);
  for (std::size_t r = 0; r < rows.count; ++r) {
    const T* from = x.data() + r * rows.length;
    T* to = result.y.data() + r * rows.length;
    const double mean = centre ? kernels::sum(rows.length, from) / width : 0;
    for (std::size_t i = 0; i < rows.length; ++i) to[i] = static_cast<T>(static_cast<double>(from[i]) - mean);
    const double square = kernels::dot(rows.length, to, to) / width;
    // Beyond the largest number, 1/sqrt would be 0 and so would the row: a wrong answer that looks right.
    const double sd =
        std::isinf(square) ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(square + epsilon);
    const T inverse_sd = static_cast<T>(1 / sd);
    for (std::size_t i = 0; i < rows.length; ++i) to[i] *= inverse_sd;
    result.inverse_sd[r] = inverse_sd;
  }
  return result;
}

/// r·(g - mean(g) - y·mean(g·y)) for every row; mean(g) only when centred.
template <class T>
Tensor<T> norm_cotangent(const Tensor<T>& g, const Tensor<T>& y, const std::vector<T>& inverse_sd,
                         bool centre) {
  const std::size_t length = g.shape().back();
  const double width = static_cast<double>(length);
  Tensor<T> out(g.shape());
  for (std::size_t r = 0; r < inverse_sd.size(); ++r) {
    const T *gr = g.data() + r * length, *yr = y.data() + r * length;
    T* to = out.data() + r * length;
    const T mean = centre ? static_cast<T>(kernels::sum(length, gr) / width) : T(0);
    const T slope = static_cast<T>(kernels::dot(length, gr, yr) / width);
    for (std::size_t i = 0; i < length; ++i) to[i] = inverse_sd[r] * (gr[i] - mean - yr[i] * slope);
  }
  return out;
}

template <class T>
Var<T> normalise(const char* op, const Var<T>& x, bool centre, double epsilon) {
  const auto [value, inverse_sd] = normalise(x.value(), kernels::rows_of(op, x.shape()), centre, epsilon);
  return record(op, value,
                wrt(
                    x,
                    [=, inverse_sd = inverse_sd](const Var<T>& g, const Var<T>& y) {
                      return unless_recording<T>(
                          [&] { return norm_cotangent(g.value(), y.value(), inverse_sd, centre); },
                          [&] {
                            const Var<T> centred = centre ? x - mean(x, -1, true) : x;
                            const Var<T> r = pow(mean(square(centred), -1, true) + epsilon, -0.5);
                            const Var<T> pull = y * mean(g * y, -1, true);
                            return r * (centre ? g - mean(g, -1, true) - pull : g - pull);
                          });
                    },
                    x.shape().rank() > 1));
}

}  // namespace

template <class T>
Var<T> rms_norm(const Var<T>& x, double epsilon) {
  return normalise("rms_norm", x, false, epsilon);
}

template <class T>
Var<T> rms_norm(const Var<T>& x, const Operand<T>& gain, double epsilon) {
  return rms_norm(x, epsilon) * gain;
}

template <class T>
Var<T> layer_norm(const Var<T>& x, double epsilon) {
  return normalise("layer_norm", x, true, epsilon);
}

template <class T>
Var<T> layer_norm(const Var<T>& x, const Operand<T>& gain, const Operand<T>& bias, double epsilon) {
  return layer_norm(x, epsilon) * gain + bias;
}

#define PREMELT_INSTANTIATE(T)                                        \
  template Var<T> rms_norm(const Var<T>&, double);                    \
  template Var<T> rms_norm(const Var<T>&, const Operand<T>&, double); \
  template Var<T> layer_norm(const Var<T>&, double);                  \
  template Var<T> layer_norm(const Var<T>&, const Operand<T>&, const Operand<T>&, double);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
