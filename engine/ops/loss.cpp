#include "engine/ops/loss.hpp"

#include <utility>
#include <vector>

#include "engine/kernels/rows.hpp"
#include "engine/kernels/softmax.hpp"
#include "engine/kernels/vector_math.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"
#include "engine/ops/softmax.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

/// (B) -> (B,1,...,1) of the given rank.
Shape sample_axis_only(const Shape& shape) {
  Shape result = shape;
  for (std::size_t axis = 1; axis < shape.rank(); ++axis) result[axis] = 1;
  return result;
}

void check_labels(const Shape& logits, const Labels& labels) {
  const auto fail = [&](const std::string& why) {
    throw ShapeError("[cross_entropy] " + why + ": logits " + to_string(logits) + ", labels " +
                     to_string(labels.shape()));
  };
  if (logits.rank() == 0 || labels.shape() != kernels::drop_last(logits)) {
    fail("labels must have the logits' shape without its last axis");
  }
  const auto classes = static_cast<std::int64_t>(logits.back());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::int64_t label = labels.data()[i];
    if (label < 0 || label >= classes) {
      fail("label " + std::to_string(label) + " at position " + std::to_string(i) + " is outside 0.." +
           std::to_string(classes - 1));
    }
  }
}

/// (softmax - onehot)·g, row by row. At the label that is minus the sum of the others: where the label is
/// nearly certain, a difference to 1 would leave no digits.
template <class T>
Tensor<T> cross_entropy_cotangent(const Tensor<T>& logits, const Labels& labels, const Tensor<T>& g) {
  const std::size_t classes = logits.shape().back();
  Tensor<T> out(logits.shape());
  for (std::size_t r = 0; r < labels.size(); ++r) {
    const T* from = logits.data() + r * classes;
    T* to = out.data() + r * classes;
    const T top = kernels::maximum(classes, from);
    for (std::size_t c = 0; c < classes; ++c) to[c] = from[c] - top;
    kernels::exp(classes, to, to);
    const double of_label = static_cast<double>(std::exchange(to[labels.data()[r]], T(0)));
    const double others = kernels::sum(classes, to);
    const double factor = static_cast<double>(g.data()[r]) / (others + of_label);
    for (std::size_t c = 0; c < classes; ++c) to[c] *= static_cast<T>(factor);
    to[labels.data()[r]] = static_cast<T>(-others * factor);
  }
  return out;
}

/// `at_label` at each row's label, `elsewhere` at the other classes.
template <class T>
Tensor<T> label_mask(const Shape& shape, const Labels& labels, T at_label, T elsewhere) {
  Tensor<T> out(shape, elsewhere);
  for (std::size_t r = 0; r < labels.size(); ++r) {
    out.data()[r * shape.back() + static_cast<std::size_t>(labels.data()[r])] = at_label;
  }
  return out;
}

/// The same cotangent, to be differentiated again.
template <class T>
Var<T> composed_cross_entropy_cotangent(const Var<T>& logits, const Labels& labels, const Var<T>& g) {
  const Shape& shape = logits.shape();
  const Var<T> others = masked(softmax(logits), label_mask<T>(shape, labels, 0, 1));
  const Var<T> all_others = masked(sum(others, -1, true), label_mask<T>(shape, labels, 1, 0));
  return (others - all_others) * reshape(g, kernels::last_to_one(shape));
}

}  // namespace

template <class T>
Var<T> squared_error(const Var<T>& y, const Operand<T>& t) {
  if (y.shape().rank() == 0 || y.shape() != t.shape()) {
    throw ShapeError("[squared_error] outputs and targets must have one shape (B,...): " +
                     to_string(y.shape()) + " and " + to_string(t.shape()));
  }
  const std::size_t samples = y.shape()[0];
  Tensor<T> value(Shape{samples});
  for (std::size_t b = 0, width = samples == 0 ? 0 : y.value().size() / samples; b < samples; ++b) {
    double total = 0;
    for (std::size_t i = b * width; i < (b + 1) * width; ++i) {
      const double difference =
          static_cast<double>(y.value().data()[i]) - static_cast<double>(t.value().data()[i]);
      total += difference * difference;
    }
    value(b) = static_cast<T>(0.5 * total);
  }
  const auto toward = [](const Var<T>& from, const Var<T>& to) {
    return [from, to](const Var<T>& g) { return (to - from) * reshape(g, sample_axis_only(to.shape())); };
  };
  return record("squared_error", value, wrt(y, toward(t, y)), wrt(t, toward(y, t)));
}

template <class T>
Var<T> cross_entropy(const Var<T>& logits, const Labels& labels) {
  check_labels(logits.shape(), labels);
  Tensor<T> value(labels.shape());
  const std::size_t classes = logits.shape().back();
  std::vector<T> scratch(classes);
  for (std::size_t r = 0; r < labels.size(); ++r) {
    const T* row = logits.value().data() + r * classes;
    const auto [top, excess] = kernels::log_sum_exp(classes, row, scratch.data());
    value.data()[r] = static_cast<T>(top - static_cast<double>(row[labels.data()[r]]) + excess);
  }
  return record("cross_entropy", value, wrt(logits, [logits, labels](const Var<T>& g) {
                  return unless_recording<T>(
                      [&] { return cross_entropy_cotangent(logits.value(), labels, g.value()); },
                      [&] { return composed_cross_entropy_cotangent(logits, labels, g); });
                }));
}

#define PREMELT_INSTANTIATE(T)                                     \
  template Var<T> squared_error(const Var<T>&, const Operand<T>&); \
  template Var<T> cross_entropy(const Var<T>&, const Labels&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
