#pragma once
/// The ops that random programs are made of.

#include <vector>

#include "program.hpp"

namespace premelt::testing {

/// What an op needs beside its operands, as plain numbers: an axis, extents, indices.
using Choices = std::vector<std::size_t>;

/// An op as programs use it.
template <class T>
struct Op {
  const char* name;  ///< as in check_with_torch.py, which spells the same formulas
  /// Whether the op takes these operands and bends little there; b is a for unary ops.
  bool (*fits)(const Tensor<T>& a, const Tensor<T>& b);
  /// One number, turned into what the op needs.
  Choices (*choose)(const Shape& a, std::size_t number, std::size_t samples);
  Var<T> (*run)(const Var<T>& a, const Var<T>& b, const Step& step, std::size_t samples);
  std::size_t operands = 1;
};

/// All of them; the first is `scale`, which programs use to keep their numbers small.
template <class T>
const std::vector<Op<T>>& ops();

}  // namespace premelt::testing
