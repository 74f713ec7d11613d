#include "engine/ops/matmul.hpp"

#include "engine/linalg/blas.hpp"
#include "engine/ops/shape.hpp"
#include "engine/tape/record.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

/// The last two axes of an operand after its optional transposition, and what stands before them.
struct Matrices {
  std::size_t rows, columns;  ///< of the matrix as it is used
  std::size_t stored_columns;
  std::size_t count;  ///< product of the leading axes
  Shape leading;
};

Matrices matrices(const Shape& shape, bool transposed) {
  const std::size_t rank = shape.rank(), rows = shape[rank - 2], columns = shape[rank - 1];
  const Shape leading(std::span(shape.begin(), rank - 2));
  return transposed ? Matrices{columns, rows, columns, leading.size(), leading}
                    : Matrices{rows, columns, columns, leading.size(), leading};
}

[[noreturn]] void fail(const char* op, const Shape& a, const Shape& b, const std::string& rule) {
  throw ShapeError("[" + std::string(op) + "] " + rule.substr(0, rule.find('|')) + ": " + to_string(a) +
                   " x " + to_string(b) + rule.substr(rule.find('|') + 1));
}

const char* name(bool transpose_a, bool transpose_b) {
  return transpose_a ? "matmul_tn" : transpose_b ? "matmul_nt" : "matmul";
}

template <class T>
Tensor<T> product_value(const Tensor<T>& a, bool transpose_a, const Tensor<T>& b, bool transpose_b) {
  const char* op = name(transpose_a, transpose_b);
  const Shape &sa = a.shape(), &sb = b.shape();
  if (sa.rank() < 2 || sb.rank() < 2) fail(op, sa, sb, "operands need at least two axes|");
  const Matrices x = matrices(sa, transpose_a), y = matrices(sb, transpose_b);
  if (x.columns != y.rows) {
    fail(op, sa, sb,
         "inner dimensions differ|, " + std::to_string(x.columns) + " != " + std::to_string(y.rows));
  }
  if (x.leading != y.leading && x.leading.rank() > 0 && y.leading.rank() > 0) {
    fail(op, sa, sb, "leading axes differ|, " + to_string(x.leading) + " != " + to_string(y.leading));
  }
  Shape shape = x.leading.rank() > 0 ? x.leading : y.leading;
  shape.push_back(x.rows);
  shape.push_back(y.columns);
  Tensor<T> out(shape);
  if (x.columns == 0) out.fill(T(0));
  if (out.empty() || x.columns == 0) return out;

  const auto flag = [](bool transposed) { return transposed ? blas::Transpose::yes : blas::Transpose::no; };
  const bool one_product = y.leading.rank() == 0 && !transpose_a;  // all rows of a meet the same b
  const std::size_t count = one_product ? 1 : std::max(x.count, y.count);
  const std::size_t rows = one_product ? x.count * x.rows : x.rows;
  blas::gemm_batched(count, flag(transpose_a), flag(transpose_b), rows, y.columns, x.columns, T(1), a.data(),
                     x.stored_columns, x.leading.rank() > 0 ? x.rows * x.columns : 0, b.data(),
                     y.stored_columns, y.leading.rank() > 0 ? y.rows * y.columns : 0, T(0), out.data(),
                     y.columns, x.rows * y.columns);
  return out;
}

template <class T>
Var<T> product(const Var<T>& a, bool ta, const Var<T>& b, bool tb) {
  // With C = A'B', the operands as they are used: the cotangent of A' is G B'ᵀ, that of B' is A'ᵀ G.
  const auto vjp_a = [b, ta, tb](const Var<T>& g) {
    return ta ? product(b, tb, g, true) : product(g, false, b, !tb);
  };
  // A matrix that all rows of A meet has as cotangent a sum over those rows.
  const bool shared = !ta && b.shape().rank() == 2;
  const auto vjp_b = [a, ta, tb, shared](const Var<T>& g) -> Cotangent<T> {
    if (shared) return tb ? OuterProducts<T>{g, a} : OuterProducts<T>{a, g};
    return tb ? product(g, true, a, ta) : product(a, !ta, g, false);
  };
  const Tensor<T> value = product_value(a.value(), ta, b.value(), tb);
  // Samples are rows of the left matrix or stand in front of both; columns and what is summed over mix them.
  const bool in_front = value.rank() > 2;
  return record(name(ta, tb), value, wrt(a, vjp_a, a.shape().rank() == value.rank() && (in_front || !ta)),
                wrt(b, vjp_b, b.shape().rank() == value.rank() && in_front));
}

}  // namespace

template <class T>
Var<T> matmul(const Var<T>& a, const Operand<T>& b) {
  return product(a, false, b, false);
}

template <class T>
Var<T> matmul_nt(const Var<T>& a, const Operand<T>& b) {
  return product(a, false, b, true);
}

template <class T>
Var<T> matmul_tn(const Var<T>& a, const Operand<T>& b) {
  return product(a, true, b, false);
}

template <class T>
Var<T> linear(const Var<T>& x, const Operand<T>& w, const Operand<T>& bias) {
  const Shape &sx = x.shape(), &sw = w.shape();
  if (sx.rank() < 2 || sw.rank() != 2 || sx.back() != sw[1] || bias.shape() != Shape{sw[0]}) {
    throw ShapeError("[linear] needs x (...,F), w (G,F) and bias (G), got " + to_string(sx) + ", " +
                     to_string(sw) + " and " + to_string(bias.shape()));
  }
  const std::size_t out = sw[0], in = sw[1];
  Shape shape = sx;
  shape[shape.rank() - 1] = out;
  const std::size_t rows = out == 0 ? 0 : shape.size() / out;
  Tensor<T> value(shape);
  for (std::size_t r = 0; r < rows; ++r) std::copy_n(bias.value().data(), out, value.data() + r * out);
  blas::gemm(blas::Transpose::no, blas::Transpose::yes, rows, out, in, T(1), x.value().data(), in,
             w.value().data(), in, T(1), value.data(), out);
  return record("linear", value, wrt(x, [w](const Var<T>& g) { return matmul(g, w); }),
                wrt(
                    w,
                    [x](const Var<T>& g) -> Cotangent<T> {
                      return OuterProducts<T>{g, x};
                    },
                    false),
                wrt(
                    bias, [](const Var<T>& g) { return g; }, false));
}

#define PREMELT_INSTANTIATE(T)                                 \
  template Var<T> matmul(const Var<T>&, const Operand<T>&);    \
  template Var<T> matmul_nt(const Var<T>&, const Operand<T>&); \
  template Var<T> matmul_tn(const Var<T>&, const Operand<T>&); \
  template Var<T> linear(const Var<T>&, const Operand<T>&, const Operand<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt
