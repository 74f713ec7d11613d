#pragma once
/// Random programs: graphs of ops on small tensors. A program is drawn as plain numbers that are read modulo
/// what there is to choose from, so every list of them is a program, and so is every shorter list: what fails
/// can be shrunk.

#include <array>
#include <string>
#include <vector>

#include "engine/tape/var.hpp"

namespace premelt::testing {

/// Which op, which two earlier values, and one more choice (an axis, indices, ...).
using Instruction = std::array<std::uint8_t, 4>;

/// One op on earlier values.
struct Step {
  std::size_t op = 0;                ///< position in the table of ops (op_table.hpp)
  std::array<std::size_t, 2> in{};   ///< numbers of values; unary ops use the first
  std::vector<std::size_t> choices;  ///< axis, extents, indices, as the op reads them
  double factor = 1;                 ///< of `scale`
};

/// Values are numbered: parameters, then constants, then the steps' results.
struct Program {
  std::size_t samples = 1;
  std::vector<Tensor<double>> parameters;
  std::vector<Tensor<double>> constants;  ///< the first is data: its first axis counts the samples
  std::vector<Step> steps;
};

/// The program that the first dozen of `instructions` spell: longer ones are too bent for differences to
/// resolve. Instructions that fit no value, or would come near a kink or an overflow, are left out; large
/// results are scaled down.
Program make_program(std::size_t samples, const std::vector<Instruction>& instructions);

/// All values, from the parameters' handles.
template <class T>
std::vector<Var<T>> run(const Program& program, const std::vector<Var<T>>& parameters);

/// A scalar that depends on every value.
template <class T>
Var<T> objective(const Program& program, const std::vector<Var<T>>& parameters);

/// Losses (n), from the values that keep the samples apart and those that all samples share.
template <class T>
Var<T> losses(const Program& program, const std::vector<Var<T>>& parameters);

/// One line a step: "%7 matmul(%2, %0)".
std::string to_string(const Program& program);

/// Everything another framework needs to run it, as JSON.
std::string to_json(const Program& program);

}  // namespace premelt::testing
