#include "engine/ops/softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "engine/kernels/rows.hpp"
#include "engine/kernels/softmax.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"
#include "engine/tape/record.hpp"

namespace premelt {

using kernels::Rows;

namespace {

/// log Σ exp of one row, which may be empty; `scratch` has room for it.
template <class T>
T row_logsumexp(std::span<const T> row, T* scratch) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  if (row.empty()) return -infinity;
  const auto [top, excess] = kernels::log_sum_exp(row.size(), row.data(), scratch);
  if (std::isfinite(top)) return static_cast<T>(top + excess);
  const bool lost = std::ranges::any_of(row, [](T v) { return std::isnan(v); });
  return lost ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(top);
}

}  // namespace

template <class T>
Var<T> softmax(const Var<T>& x) {
  const Rows rows = kernels::rows_of("softmax", x.shape());
  Tensor<T> value = x.value().clone();
  kernels::softmax_rows(rows.count, rows.length, value.data());
  return record("softmax", value,
                wrt(
                    x,
                    [rows](const Var<T>& g, const Var<T>& y) {
                      return unless_recording<T>(
                          [&] {
                            Tensor<T> out = g.value().clone();
                            kernels::softmax_rows_cotangent(rows.count, rows.length, y.value().data(),
                                                            out.data());
                            return out;
                          },
                          [&] { return y * (g - sum(g * y, -1, true)); });
                    },
                    x.shape().rank() > 1));
}

template <class T>
Var<T> log_softmax(const Var<T>& x) {
  const Rows rows = kernels::rows_of("log_softmax", x.shape());
  Tensor<T> value(x.shape());
  for (std::size_t r = 0; r < rows.count; ++r) {
    const T* from = x.value().data() + r * rows.length;
    T* to = value.data() + r * rows.length;
    const auto [top, excess] = kernels::log_sum_exp(rows.length, from, to);
    for (std::size_t i = 0; i < rows.length; ++i) {
      to[i] = static_cast<T>(static_cast<double>(from[i]) - top - excess);
    }
  }
  return record("log_softmax", value,
                wrt(
                    x, [](const Var<T>& g, const Var<T>& y) { return g - exp(y) * sum(g, -1, true); },
                    x.shape().rank() > 1));
}

template <class T>
Var<T> logsumexp(const Var<T>& x) {
  const Rows rows = kernels::rows_of("logsumexp", x.shape());
  Tensor<T> value(kernels::drop_last(x.shape()));
  std::vector<T> scratch(rows.length);
  for (std::size_t r = 0; r < value.size(); ++r) {
    value.data()[r] =
        row_logsumexp(std::span<const T>(x.value().data() + r * rows.length, rows.length), scratch.data());
  }
  return record("logsumexp", value, wrt(x, [x](const Var<T>& g) {
                  return softmax(x) * reshape(g, kernels::last_to_one(x.shape()));
                }));
}

#define PREMELT_INSTANTIATE(T)                \
  template Var<T> softmax(const Var<T>&);     \
  template Var<T> log_softmax(const Var<T>&); \
  template Var<T> logsumexp(const Var<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
