#include "engine/ops/softmax.hpp"

#include <cmath>
#include <vector>

#include "engine/kernels/rows.hpp"
#include "engine/kernels/softmax.hpp"
#include "engine/kernels/vector_math.hpp"
#include "engine/ops/elementwise.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"
#include "engine/record.hpp"

namespace premelt {

using kernels::Rows;

namespace {

/// log Σ exp of every row: the shape without the last axis.
template <class T>
Tensor<T> row_logsumexp(const char* op, const Tensor<T>& x) {
  const Rows rows = kernels::rows_of(op, x.shape());
  Tensor<T> out(kernels::drop_last(x.shape()));
  std::vector<T> weights(rows.length);
  for (std::size_t r = 0; r < rows.count; ++r) {
    const T* row = x.data() + r * rows.length;
    const T top = kernels::maximum(rows.length, row);
    for (std::size_t i = 0; i < rows.length; ++i) weights[i] = row[i] - top;
    kernels::exp(rows.length, weights.data(), weights.data());
    out.data()[r] = top + static_cast<T>(std::log(kernels::sum(rows.length, weights.data())));
  }
  return out;
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
  const Tensor<T> normaliser = row_logsumexp("log_softmax", x.value());
  Tensor<T> value(x.shape());
  for (std::size_t r = 0; r < rows.count; ++r) {
    const T* from = x.value().data() + r * rows.length;
    T* to = value.data() + r * rows.length;
    for (std::size_t i = 0; i < rows.length; ++i) to[i] = from[i] - normaliser.data()[r];
  }
  return record("log_softmax", value,
                wrt(
                    x, [](const Var<T>& g, const Var<T>& y) { return g - exp(y) * sum(g, -1, true); },
                    x.shape().rank() > 1));
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
