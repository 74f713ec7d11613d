#pragma once
/// The handle every op takes and returns: a value and, when it depends on a variable, its place on a tape.

#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/tape/samples.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/range.hpp"
#include "engine/tensor/tensor.hpp"

namespace premelt {

template <class T>
class Tape;

/// Position of a node on its tape.
using NodeId = std::uint32_t;

/// A number that may stand beside a Var.
template <class S>
concept Number = std::is_arithmetic_v<S>;

/// A tensor that may be differentiated. Cheap to copy; constants have no tape. Must not outlive its tape.
///
/// Operators are the ops of engine/ops (elementwise.hpp, shape.hpp), which who uses them includes. Beside a
/// Var may stand a Var, a Tensor, a number, or an xtensor expression, which is computed at once and enters as
/// a constant; shapes broadcast. Numbers are rounded to the element type.
template <class Element>
class Var {
 public:
  /// The element type.
  using value_type = Element;

  Var() = default;
  /// A constant, shared by all samples. Implicit, so that ops accept tensors.
  Var(Tensor<Element> value) : value_(std::move(value)) {}
  /// A constant of that relation to the samples.
  Var(Tensor<Element> value, Samples samples) : value_(std::move(value)), samples_(samples) {}

  /// @{
  /// The numbers.
  const Tensor<Element>& value() const& { return value_; }
  Tensor<Element> value() && { return std::move(value_); }
  /// @}

  const Shape& shape() const { return value_.shape(); }  ///< of the value
  /// The single element. Throws ShapeError when there is not exactly one.
  Element item() const { return value_.item(); }

  bool tracked() const { return tape_ != nullptr; }  ///< depends on a variable
  Tape<Element>* tape() const { return tape_; }      ///< null for a constant
  NodeId id() const { return id_; }                  ///< place on the tape, when tracked
  Samples samples() const { return samples_; }       ///< how it relates to the samples
  /// The same numbers as a constant. Nothing flows back through a constant, so one that mixes samples counts
  /// as shared.
  Var detach() const {
    return Var(value_, samples_ == Samples::batched ? Samples::batched : Samples::shared);
  }

  /// A part: a range or a whole number for each axis from the first on; axes that are not named stay whole.
  /// `x(range(1, -1), 0)`. Throws ShapeError when there are more parts than axes, or one is out of bounds.
  template <class... P>
  requires(sizeof...(P) > 0 && (std::convertible_to<P, Part> && ...)) Var operator()(P... parts) const {
    return pick(*this, {Part(parts)...});
  }
  /// The last two axes swapped. Throws ShapeError when there are fewer than two.
  Var T() const { return transpose(*this); }

  /// @{
  /// Arithmetic, element by element.
  friend Var operator+(const Var& a, const Var& b) { return add(a, b); }
  friend Var operator-(const Var& a, const Var& b) { return sub(a, b); }
  friend Var operator*(const Var& a, const Var& b) { return mul(a, b); }
  friend Var operator/(const Var& a, const Var& b) { return div(a, b); }
  friend Var operator-(const Var& x) { return scale(x, -1.0); }
  template <Number S>
  friend Var operator+(const Var& x, S s) {
    return shift(x, static_cast<double>(s));
  }
  template <Number S>
  friend Var operator+(S s, const Var& x) {
    return shift(x, static_cast<double>(s));
  }
  template <Number S>
  friend Var operator-(const Var& x, S s) {
    return shift(x, -static_cast<double>(s));
  }
  template <Number S>
  friend Var operator-(S s, const Var& x) {
    return shift(scale(x, -1.0), static_cast<double>(s));
  }
  template <Number S>
  friend Var operator*(const Var& x, S s) {
    return scale(x, static_cast<double>(s));
  }
  template <Number S>
  friend Var operator*(S s, const Var& x) {
    return scale(x, static_cast<double>(s));
  }
  template <Number S>
  friend Var operator/(const Var& x, S s) {
    return scale(x, 1.0 / static_cast<double>(s));
  }
  template <Number S>
  friend Var operator/(S s, const Var& x) {
    return div(constant(s), x);
  }
  /// @}

  /// @{
  /// `a` becomes the handle of the result; no number changes in place, and other handles keep the old one.
  /// Throws ShapeError when `a` would have to grow.
  template <class B>
  friend Var& operator+=(Var& a, const B& b) {
    return a.become("+=", a + b);
  }
  template <class B>
  friend Var& operator-=(Var& a, const B& b) {
    return a.become("-=", a - b);
  }
  template <class B>
  friend Var& operator*=(Var& a, const B& b) {
    return a.become("*=", a * b);
  }
  template <class B>
  friend Var& operator/=(Var& a, const B& b) {
    return a.become("/=", a / b);
  }
  /// @}

  /// @{
  /// A mask: 1 where it holds and 0 elsewhere, a constant. Beside NaN only != holds.
  friend Var operator<(const Var& a, const Var& b) { return less(a, b); }
  friend Var operator>(const Var& a, const Var& b) { return less(b, a); }
  friend Var operator<=(const Var& a, const Var& b) { return less_equal(a, b); }
  friend Var operator>=(const Var& a, const Var& b) { return less_equal(b, a); }
  friend Var operator==(const Var& a, const Var& b) { return equal(a, b); }
  friend Var operator!=(const Var& a, const Var& b) { return not_equal(a, b); }
  template <Number S>
  friend Var operator<(const Var& x, S s) {
    return less(x, constant(s));
  }
  template <Number S>
  friend Var operator<(S s, const Var& x) {
    return less(constant(s), x);
  }
  template <Number S>
  friend Var operator>(const Var& x, S s) {
    return less(constant(s), x);
  }
  template <Number S>
  friend Var operator>(S s, const Var& x) {
    return less(x, constant(s));
  }
  template <Number S>
  friend Var operator<=(const Var& x, S s) {
    return less_equal(x, constant(s));
  }
  template <Number S>
  friend Var operator<=(S s, const Var& x) {
    return less_equal(constant(s), x);
  }
  template <Number S>
  friend Var operator>=(const Var& x, S s) {
    return less_equal(constant(s), x);
  }
  template <Number S>
  friend Var operator>=(S s, const Var& x) {
    return less_equal(x, constant(s));
  }
  template <Number S>
  friend Var operator==(const Var& x, S s) {
    return equal(x, constant(s));
  }
  template <Number S>
  friend Var operator==(S s, const Var& x) {
    return equal(x, constant(s));
  }
  template <Number S>
  friend Var operator!=(const Var& x, S s) {
    return not_equal(x, constant(s));
  }
  template <Number S>
  friend Var operator!=(S s, const Var& x) {
    return not_equal(x, constant(s));
  }
  /// @}

  /// Prints the numbers.
  friend std::ostream& operator<<(std::ostream& out, const Var& x) { return out << x.value_; }

 private:
  friend class Tape<Element>;

  /// A number as an operand.
  template <Number S>
  static Var constant(S s) {
    return Tensor<Element>::scalar(static_cast<Element>(s));
  }
  Var& become(const char* op, Var result) {
    if (result.shape() != shape()) {
      throw ShapeError("[" + std::string(op) + "] the left side has shape " + to_string(shape()) +
                       ", the result " + to_string(result.shape()) + ": write a = a " + op[0] + " b");
    }
    return *this = std::move(result);
  }

  Tensor<Element> value_;
  Tape<Element>* tape_ = nullptr;
  NodeId id_ = 0;
  std::uint32_t generation_ = 0;
  Samples samples_ = Samples::shared;
};

/// Declares data: entry i along the first axis belongs to sample i. Inputs of a model, or the indices of an
/// embedding, whose losses are to be taken apart sample by sample (per_sample.hpp). Throws ShapeError for a
/// scalar, which has no first axis.
template <class T>
Var<T> batched(Tensor<T> data) {
  if (data.rank() == 0) throw ShapeError("[batched] data need an axis of samples, shape is ()");
  return Var<T>(std::move(data), Samples::batched);
}

namespace detail {
/// Off while a NoGrad lives.
inline thread_local bool recording_enabled = true;
}  // namespace detail

/// Whether ops on tracked variables record themselves in this thread.
inline bool recording() {
  return detail::recording_enabled;
}

/// While one lives, ops in this thread compute values only.
class NoGrad {
 public:
  /// `NoGrad(false)` changes nothing.
  explicit NoGrad(bool enable = true) : before_(detail::recording_enabled) {
    if (enable) detail::recording_enabled = false;
  }
  ~NoGrad() { detail::recording_enabled = before_; }
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};

}  // namespace premelt
