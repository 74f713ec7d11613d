#pragma once
/// The handle every op takes and returns: a value and, when it depends on a variable, its place on a tape.

#include <cstdint>
#include <utility>

#include "engine/tape/samples.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/tensor.hpp"

namespace premelt {

template <class T>
class Tape;

/// Position of a node on its tape.
using NodeId = std::uint32_t;

/// A tensor that may be differentiated. Cheap to copy; constants have no tape. Must not outlive its tape.
template <class T>
class Var {
 public:
  Var() = default;
  /// A constant, shared by all samples. Implicit, so that ops accept tensors.
  Var(Tensor<T> value) : value_(std::move(value)) {}
  /// A constant of that relation to the samples.
  Var(Tensor<T> value, Samples samples) : value_(std::move(value)), samples_(samples) {}

  /// @{
  /// The numbers.
  const Tensor<T>& value() const& { return value_; }
  Tensor<T> value() && { return std::move(value_); }
  /// @}

  const Shape& shape() const { return value_.shape(); }  ///< of the value
  /// The single element. Throws ShapeError when there is not exactly one.
  T item() const { return value_.item(); }

  bool tracked() const { return tape_ != nullptr; }  ///< depends on a variable
  Tape<T>* tape() const { return tape_; }            ///< null for a constant
  NodeId id() const { return id_; }                  ///< place on the tape, when tracked
  Samples samples() const { return samples_; }       ///< how it relates to the samples
  /// The same numbers as a constant. Nothing flows back through a constant, so one that mixes samples counts
  /// as shared.
  Var detach() const {
    return Var(value_, samples_ == Samples::batched ? Samples::batched : Samples::shared);
  }

 private:
  friend class Tape<T>;

  Tensor<T> value_;
  Tape<T>* tape_ = nullptr;
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
