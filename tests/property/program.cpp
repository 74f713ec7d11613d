#include "program.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/ops/ops.hpp"
#include "engine/tensor/random.hpp"
#include "op_table.hpp"

namespace premelt::testing {

namespace {

constexpr std::size_t most_instructions = 12, most_elements = 300, most_axes = 4;
constexpr double largest = 3;

template <class T>
Var<T> apply(const Step& step, const std::vector<Var<T>>& values, std::size_t samples) {
  return ops<T>()[step.op].run(values[step.in[0]], values[step.in[1]], step, samples);
}

/// The step an instruction spells, on the first values from the numbers it names that fit; nothing otherwise.
std::optional<Step> spell(const Instruction& instruction, const std::vector<Var<double>>& values,
                          std::size_t samples) {
  const auto& table = ops<double>();
  Step step;
  step.op = 1 + instruction[0] % (table.size() - 1);  // `scale` is ours
  const Op<double>& op = table[step.op];
  const std::size_t count = values.size();
  for (std::size_t i = 0; i < count; ++i) {
    step.in[0] = (instruction[1] + i) % count;
    for (std::size_t j = 0; j < (op.operands == 2 ? count : 1); ++j) {
      step.in[1] = op.operands == 2 ? (instruction[2] + j) % count : step.in[0];
      const Tensor<double>&a = values[step.in[0]].value(), &b = values[step.in[1]].value();
      if (!op.fits(a, b)) continue;
      step.choices = op.choose(a.shape(), instruction[3], samples);
      return step;
    }
  }
  return std::nullopt;
}

double largest_of(const Tensor<double>& x) {
  double top = 0;
  for (double v : x.flat()) top = std::max(top, std::abs(v));
  return top;
}

/// Fixed weights for a value: (shape), or the same for every sample.
template <class T>
Tensor<T> weights(std::size_t value, Shape shape, bool alike) {
  if (alike) shape[0] = 1;
  Rng rng(value, "weights");
  return cast<T>(normal_tensor<double>(shape, rng, 1 / std::sqrt(static_cast<double>(shape.size()))));
}

std::string join(const Choices& choices) {
  std::string text;
  for (std::size_t c : choices) text += " " + std::to_string(c);
  return text;
}

nlohmann::json to_json(const Tensor<double>& x) {
  return {{"shape", std::vector<std::size_t>(x.shape().begin(), x.shape().end())},
          {"numbers", std::vector<double>(x.flat().begin(), x.flat().end())}};
}

}  // namespace

Program make_program(std::size_t samples, const std::vector<Instruction>& instructions) {
  Program program;
  program.samples = samples;
  Rng rng(samples, "program");
  for (const Shape& shape : {Shape{3, 4}, Shape{4}, Shape{2, 3}, Shape{4, 4}}) {
    program.parameters.push_back(normal_tensor<double>(shape, rng));
  }
  for (const Shape& shape : {Shape{samples, 4}, Shape{samples, 3, 4}, Shape{3, 3}}) {
    program.constants.push_back(normal_tensor<double>(shape, rng));
  }
  std::vector<Var<double>> values =
      run<double>(program, {program.parameters.begin(), program.parameters.end()});
  const auto add = [&](const Step& step) {
    const Var<double> value = apply(step, values, samples);
    if (value.value().empty() || value.value().size() > most_elements || value.shape().rank() > most_axes)
      return;
    program.steps.push_back(step);
    values.push_back(value);
  };
  for (std::size_t i = 0; i < std::min(instructions.size(), most_instructions); ++i) {
    const std::optional<Step> step = spell(instructions[i], values, samples);
    if (!step) continue;
    add(*step);
    const double top = largest_of(values.back().value());
    if (top > largest)
      add({.op = 0, .in = {values.size() - 1, values.size() - 1}, .choices = {}, .factor = 1 / top});
  }
  return program;
}

template <class T>
std::vector<Var<T>> run(const Program& program, const std::vector<Var<T>>& parameters) {
  std::vector<Var<T>> values = parameters;
  for (std::size_t i = 0; i < program.constants.size(); ++i) {
    const Tensor<T> constant = cast<T>(program.constants[i]);
    values.push_back(i < 2 ? batched(constant) : Var<T>(constant));
  }
  for (const Step& step : program.steps) values.push_back(apply(step, values, program.samples));
  return values;
}

template <class T>
Var<T> objective(const Program& program, const std::vector<Var<T>>& parameters) {
  const std::vector<Var<T>> values = run(program, parameters);
  Var<T> total = Tensor<T>::scalar(0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    total = total + sum(values[i] * weights<T>(i, values[i].shape(), false));
  }
  return total;
}

template <class T>
Var<T> losses(const Program& program, const std::vector<Var<T>>& parameters) {
  const std::vector<Var<T>> values = run(program, parameters);
  const std::size_t n = program.samples;
  Var<T> own = Tensor<T>(Shape{n}, T(0)), shared = Tensor<T>::scalar(0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Var<T>& x = values[i];
    if (x.samples() == Samples::mixed) continue;
    const bool apart = x.samples() == Samples::batched && x.shape()[0] == n;
    const Var<T> weighed = x * weights<T>(i, x.shape(), apart);
    if (apart) {
      own = own + sum(reshape(weighed, {n, x.value().size() / n}), 1);
    } else if (x.samples() == Samples::shared) {
      shared = shared + sum(weighed);
    }
  }
  return own * (0.3 * tanh(shared) + 1.0);
}

std::string to_string(const Program& program) {
  std::string text = "samples " + std::to_string(program.samples) + "\n";
  std::size_t number = program.parameters.size() + program.constants.size();
  for (const Step& step : program.steps) {
    const Op<double>& op = ops<double>()[step.op];
    text += "%" + std::to_string(number++) + " " + op.name + " %" + std::to_string(step.in[0]);
    if (op.operands == 2) text += " %" + std::to_string(step.in[1]);
    text += join(step.choices) + "\n";
  }
  return text;
}

std::string to_json(const Program& program) {
  nlohmann::json json{{"samples", program.samples}};
  for (const Tensor<double>& x : program.parameters) json["parameters"].push_back(to_json(x));
  for (const Tensor<double>& x : program.constants) json["constants"].push_back(to_json(x));
  json["steps"] = nlohmann::json::array();
  for (const Step& step : program.steps) {
    json["steps"].push_back({{"op", ops<double>()[step.op].name},
                             {"in", step.in},
                             {"choices", step.choices},
                             {"factor", step.factor}});
  }
  const std::vector<Var<double>> values =
      run<double>(program, {program.parameters.begin(), program.parameters.end()});
  for (std::size_t i = 0; i < values.size(); ++i) {
    json["weights"].push_back(to_json(weights<double>(i, values[i].shape(), false)));
  }
  return json.dump();
}

#define PREMELT_INSTANTIATE(T)                                                  \
  template std::vector<Var<T>> run(const Program&, const std::vector<Var<T>>&); \
  template Var<T> objective(const Program&, const std::vector<Var<T>>&);        \
  template Var<T> losses(const Program&, const std::vector<Var<T>>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE

}  // namespace premelt::testing
