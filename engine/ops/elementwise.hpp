#pragma once
/// Arithmetic element by element. Binary ops broadcast as NumPy does: shapes are aligned from the right, and
/// extents must be equal or 1. They throw ShapeError otherwise.

#include <type_traits>

#include "engine/tape/var.hpp"

namespace premelt {

/// A second operand: any tensor is accepted as a constant.
template <class T>
using Operand = std::type_identity_t<Var<T>>;

/// @{
/// a + b, a - b, a·b, a/b, element by element.
template <class T>
Var<T> add(const Var<T>& a, const Operand<T>& b);
template <class T>
Var<T> sub(const Var<T>& a, const Operand<T>& b);
template <class T>
Var<T> mul(const Var<T>& a, const Operand<T>& b);
template <class T>
Var<T> div(const Var<T>& a, const Operand<T>& b);
/// @}

/// factor·x
template <class T>
Var<T> scale(const Var<T>& x, double factor);
/// x + offset
template <class T>
Var<T> shift(const Var<T>& x, double offset);
/// x²
template <class T>
Var<T> square(const Var<T>& x);
/// eˣ
template <class T>
Var<T> exp(const Var<T>& x);
/// Natural logarithm.
template <class T>
Var<T> log(const Var<T>& x);
/// √x; the derivative at 0 is infinite.
template <class T>
Var<T> sqrt(const Var<T>& x);
/// The hyperbolic tangent.
template <class T>
Var<T> tanh(const Var<T>& x);
/// @{
/// Sine and cosine of x in radians.
template <class T>
Var<T> sin(const Var<T>& x);
template <class T>
Var<T> cos(const Var<T>& x);
/// @}
/// |x|; the derivative at 0 is 0.
template <class T>
Var<T> abs(const Var<T>& x);
/// max(x, 0); the derivative at 0 is 0. NaN stays NaN.
template <class T>
Var<T> relu(const Var<T>& x);

/// x where `mask` is not 0, and 0 elsewhere, whatever x is there: what a mask hides is never multiplied, so
/// neither infinities nor NaN come through, in the value and in the derivatives. The two broadcast.
template <class T>
Var<T> masked(const Var<T>& x, const Tensor<T>& mask);

/// @{
/// The ops above as operators.
template <class T>
Var<T> operator+(const Var<T>& a, const Operand<T>& b) {
  return add(a, b);
}
template <class T>
Var<T> operator-(const Var<T>& a, const Operand<T>& b) {
  return sub(a, b);
}
template <class T>
Var<T> operator*(const Var<T>& a, const Operand<T>& b) {
  return mul(a, b);
}
template <class T>
Var<T> operator/(const Var<T>& a, const Operand<T>& b) {
  return div(a, b);
}
template <class T>
Var<T> operator-(const Var<T>& x) {
  return scale(x, -1.0);
}
template <class T>
Var<T> operator*(double factor, const Var<T>& x) {
  return scale(x, factor);
}
template <class T>
Var<T> operator*(const Var<T>& x, double factor) {
  return scale(x, factor);
}
template <class T>
Var<T> operator/(const Var<T>& x, double divisor) {
  return scale(x, 1.0 / divisor);
}
template <class T>
Var<T> operator+(const Var<T>& x, double offset) {
  return shift(x, offset);
}
template <class T>
Var<T> operator-(const Var<T>& x, double offset) {
  return shift(x, -offset);
}
/// @}

}  // namespace premelt
