#include "engine/gradient/cotangent_sums.hpp"

#include "engine/ops/index.hpp"
#include "engine/ops/matmul.hpp"
#include "engine/ops/reduce.hpp"
#include "engine/ops/shape.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/overloaded.hpp"

namespace premelt {

namespace {

/// The product of the extents from axis `from` up to the last but one.
std::size_t positions(const Shape& shape, std::size_t from) {
  return Shape(std::span(shape.begin() + from, shape.rank() - 1 - from)).size();
}

/// (n,t,F) -> (n,rows,F), rows being the product of the axes t.
template <class T>
Var<T> as_samples(const Var<T>& x, std::size_t n) {
  return reshape(x, Shape{n, positions(x.shape(), 1), x.shape().back()});
}

/// (n,t,F) -> (nt,F)
template <class T>
Var<T> as_rows(const Var<T>& x) {
  return reshape(x, Shape{positions(x.shape(), 0), x.shape().back()});
}

void check_batch_axis(const Shape& given, const Shape& parameter, std::size_t n) {
  const bool fits =
      given.rank() > 0 && given[0] == n &&
      (parameter.rank() < given.rank() || (parameter.rank() == given.rank() && parameter[0] == 1));
  if (!fits) {
    throw ShapeError(
        "[per_sample] a tensor " + to_string(parameter) + " that all samples share has a cotangent " +
        to_string(given) + ", which does not keep the " + std::to_string(n) +
        " samples apart. If each sample has an entry of its own along the first axis, declare the "
        "data it was computed from with batched(...)");
  }
}

/// Σ_r left_r ⊗ right_r as one product of tall matrices. When it is recorded, to be differentiated again, the
/// batch axis stays: derivatives of the recorded gradient can then be taken sample by sample too. `shape` is
/// a copy, as it may live on the tape that is recorded to.
template <class T>
Var<T> sum_of_outer_products(const OuterProducts<T>& o, const Shape shape) {
  if (recording() && o.left.shape().rank() > 2) return sum_to(matmul_tn(o.left, o.right), shape);
  return matmul_tn(as_rows(o.left), as_rows(o.right));
}

/// Sums a broadcast cotangent (n, t, shape...) to (n, shape...).
template <class T>
Var<T> sum_within_samples(const Var<T>& g, const Shape& shape, std::size_t n) {
  check_batch_axis(g.shape(), shape, n);
  Shape target = g.shape();
  for (std::size_t axis = 1; axis < target.rank(); ++axis) {
    const std::size_t from_right = target.rank() - axis;
    target[axis] = from_right <= shape.rank() ? shape[shape.rank() - from_right] : 1;
  }
  return reshape(sum_to(g, target), prepend(n, shape));
}

}  // namespace

Shape prepend(std::size_t n, const Shape& shape) {
  Shape result{n};
  for (std::size_t extent : shape) result.push_back(extent);
  return result;
}

template <class T>
Var<T> total(const Cotangent<T>& cotangent, const Shape& shape) {
  return std::visit(
      Overloaded{[&](const Var<T>& g) { return sum_to(g, shape); },
                 [&](const OuterProducts<T>& o) { return sum_of_outer_products(o, shape); },
                 [](const ScatteredRows<T>& s) { return scatter_rows(s.g, s.rows, s.table_rows); }},
      cotangent);
}

template <class T>
Var<T> per_sample(const Cotangent<T>& cotangent, const Shape& shape, std::size_t n) {
  return std::visit(Overloaded{[&](const Var<T>& g) { return sum_within_samples(g, shape, n); },
                               [&](const OuterProducts<T>& o) {
                                 check_batch_axis(o.left.shape(), {}, n);
                                 return matmul_tn(as_samples(o.left, n), as_samples(o.right, n));
                               },
                               [&](const ScatteredRows<T>& s) {
                                 check_batch_axis(s.g.shape(), {}, n);
                                 // One tall table: sample i owns rows i·V .. i·V+V-1.
                                 Indices rows = s.rows.value().clone();
                                 const std::size_t positions = rows.size() / std::max<std::size_t>(1, n);
                                 for (std::size_t r = 0; r < rows.size(); ++r) {
                                   rows.data()[r] += static_cast<std::int64_t>(r / positions * s.table_rows);
                                 }
                                 return reshape(scatter_rows(s.g, rows, n * s.table_rows), prepend(n, shape));
                               }},
                    cotangent);
}

#define PREMELT_INSTANTIATE(T)                              \
  template Var<T> total(const Cotangent<T>&, const Shape&); \
  template Var<T> per_sample(const Cotangent<T>&, const Shape&, std::size_t);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
