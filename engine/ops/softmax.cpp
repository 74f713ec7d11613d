#include "engine/ops/softmax.hpp"

#include <algorithm>
#include <cmath>

#include "engine/kernels/rows.hpp"
#include "engine/kernels/vector_math.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"
#include "engine/record.hpp"

namespace premelt {

using kernels::Rows;

namespace {

template <class T>
T row_max(const T* x, std::size_t n) {
  T top = x[0];
  for (std::size_t i = 1; i < n; ++i) top = x[i] > top ? x[i] : top;
  return top;
}

/// exp(x - row maximum) of every row.
template <class T>
Tensor<T> shifted_exp(const Tensor<T>& x, Rows rows) {
  Tensor<T> out(x.shape());
  for (std::size_t r = 0; r < rows.count; ++r) {
    const T* from = x.data() + r * rows.length;
    T* to = out.data() + r * rows.length;
    const T top = row_max(from, rows.length);
    for (std::size_t i = 0; i < rows.length; ++i) to[i] = from[i] - top;
  }
  kernels::exp(out.size(), out.data(), out.data());
  return out;
}

/// log Σ exp of every row, (rows.count) numbers in the shape without the last axis.
template <class T>
Tensor<T> row_logsumexp(const char* op, const Tensor<T>& x) {
  const Rows rows = kernels::rows_of(op, x.shape());
  const Tensor<T> weights = shifted_exp(x, rows);
  Tensor<T> out(kernels::drop_last(x.shape()));
  for (std::size_t r = 0; r < rows.count; ++r) {
    const double total = kernels::sum(rows.length, weights.data() + r * rows.length);
    out.data()[r] = row_max(x.data() + r * rows.length, rows.length) + static_cast<T>(std::log(total));
  }
  return out;
}

/// y·(g - Σ_k g_k y_k), row by row.
template <class T>
Tensor<T> softmax_cotangent(const Tensor<T>& g, const Tensor<T>& y) {
  const Rows rows = kernels::rows_of("softmax", y.shape());
  Tensor<T> out(y.shape());
  for (std::size_t r = 0; r < rows.count; ++r) {
    const T *gr = g.data() + r * rows.length, *yr = y.data() + r * rows.length;
    T* to = out.data() + r * rows.length;
    for (std::size_t i = 0; i < rows.length; ++i) to[i] = gr[i] * yr[i];
    const T inner = static_cast<T>(kernels::sum(rows.length, to));
    for (std::size_t i = 0; i < rows.length; ++i) to[i] -= inner * yr[i];
  }
  return out;
}

}  // namespace

template <class T>
Var<T> softmax(const Var<T>& x) {
  const Rows rows = kernels::rows_of("softmax", x.shape());
  Tensor<T> value = shifted_exp(x.value(), rows);
  for (std::size_t r = 0; r < rows.count; ++r) {
    T* row = value.data() + r * rows.length;
    const T factor = static_cast<T>(1.0 / kernels::sum(rows.length, row));
    for (std::size_t i = 0; i < rows.length; ++i) row[i] *= factor;
  }
  return record("softmax", value, wrt(x, [](const Var<T>& g, const Var<T>& y) {
                  return unless_recording<T>([&] { return softmax_cotangent(g.value(), y.value()); },
                                             [&] { return y * (g - sum(g * y, -1, true)); });
                }));
}

template <class T>
Var<T> log_softmax(const Var<T>& x) {
  const Rows rows = kernels::rows_of("log_softmax", x.shape());
  const Tensor<T> normaliser = row_logsumexp("log_softmax", x.value());
  Tensor<T> value(x.shape());
  for (std::size_t r = 0; r < rows.count; ++r) {
    const T* from = x.value().data() + r * rows.length;
    T* to = value.data() + r * rows.length;
    for (std::size_t i = 0; i < rows.length; ++i) to[i] = from[i] - normaliser.data()[r];
  }
  return record("log_softmax", value,
                wrt(x, [](const Var<T>& g, const Var<T>& y) { return g - exp(y) * sum(g, -1, true); }));
}

template <class T>
Var<T> logsumexp(const Var<T>& x) {
  return record("logsumexp", row_logsumexp("logsumexp", x.value()), wrt(x, [x](const Var<T>& g) {
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
