#pragma once
/// Arithmetic element by element. Binary ops broadcast as NumPy does: shapes are aligned from the right, and
/// extents must be equal or 1. They throw ShapeError otherwise.

#include <functional>
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
Var<T> masked(const Var<T>& x, const Operand<T>& mask);

/// @{
/// A mask: 1 where the comparison holds and 0 elsewhere. A constant, since nothing flows back through it;
/// beside NaN only `not_equal` holds.
template <class T>
Var<T> less(const Var<T>& a, const Operand<T>& b);
template <class T>
Var<T> less_equal(const Var<T>& a, const Operand<T>& b);
template <class T>
Var<T> equal(const Var<T>& a, const Operand<T>& b);
template <class T>
Var<T> not_equal(const Var<T>& a, const Operand<T>& b);
/// @}

namespace detail {

/// Whether X is a Var.
template <class X>
inline constexpr bool is_var = false;
/// It is.
template <class T>
inline constexpr bool is_var<Var<T>> = true;

/// A Var and an array of another library, in either order.
template <class A, class B>
concept VarAndArray = (is_var<std::remove_cvref_t<A>> && ArrayExpression<std::remove_cvref_t<B>>) ||
                      (is_var<std::remove_cvref_t<B>> && ArrayExpression<std::remove_cvref_t<A>>);

/// f(a, b) with the array as a constant of the Var's element type.
template <class F, class A, class B>
auto with_array(F f, const A& a, const B& b) {
  if constexpr (is_var<A>) {
    return f(a, A(Tensor<typename A::value_type>(b)));
  } else {
    return f(B(Tensor<typename B::value_type>(a)), b);
  }
}

}  // namespace detail

/// @{
/// The operators of Var beside an xtensor expression. Without them xtensor would take the Var for a number
/// and answer with an array of Vars: these are as general as xtensor's own and more constrained, so they win.
template <class A, class B>
requires detail::VarAndArray<A, B>
auto operator+(A&& a, B&& b) {
  return detail::with_array(std::plus<>{}, a, b);
}
template <class A, class B>
requires detail::VarAndArray<A, B>
auto operator-(A&& a, B&& b) {
  return detail::with_array(std::minus<>{}, a, b);
}
template <class A, class B>
requires detail::VarAndArray<A, B>
auto operator*(A&& a, B&& b) {
  return detail::with_array(std::multiplies<>{}, a, b);
}
template <class A, class B>
requires detail::VarAndArray<A, B>
auto operator/(A&& a, B&& b) {
  return detail::with_array(std::divides<>{}, a, b);
}
template <class A, class B>
requires detail::VarAndArray<A, B>
auto operator<(A&& a, B&& b) {
  return detail::with_array(std::less<>{}, a, b);
}
template <class A, class B>
requires detail::VarAndArray<A, B>
auto operator>(A&& a, B&& b) {
  return detail::with_array(std::greater<>{}, a, b);
}
template <class A, class B>
requires detail::VarAndArray<A, B>
auto operator<=(A&& a, B&& b) {
  return detail::with_array(std::less_equal<>{}, a, b);
}
template <class A, class B>
requires detail::VarAndArray<A, B>
auto operator>=(A&& a, B&& b) {
  return detail::with_array(std::greater_equal<>{}, a, b);
}
template <class A, class B>
requires detail::VarAndArray<A, B>
auto operator==(A&& a, B&& b) {
  return detail::with_array(std::equal_to<>{}, a, b);
}
template <class A, class B>
requires detail::VarAndArray<A, B>
auto operator!=(A&& a, B&& b) {
  return detail::with_array(std::not_equal_to<>{}, a, b);
}
/// @}

}  // namespace premelt
