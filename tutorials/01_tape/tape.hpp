#pragma once
/// Reverse-mode differentiation of numbers, from nothing.

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace lesson {

/// d(this line)/d(an earlier line).
struct Edge {
  std::size_t input;  ///< number of the earlier line
  double slope;
};

/// One operation that was performed.
struct Line {
  std::string op;
  double value;
  std::vector<Edge> edges;  ///< none for a variable
};

/// Everything that was computed, in the order in which it was computed.
struct Tape {
  std::vector<Line> lines;
};

/// A number that knows which line of which tape it is.
struct Number {
  Tape* tape;
  std::size_t line;

  double value() const { return tape->lines[line].value; }
};

inline Number write(Tape& tape, std::string op, double value, std::vector<Edge> edges) {
  tape.lines.push_back({std::move(op), value, std::move(edges)});
  return {&tape, tape.lines.size() - 1};
}

inline Number variable(Tape& tape, std::string name, double value) {
  return write(tape, std::move(name), value, {});
}

// Each operation: its value, and its slope with respect to each of its inputs.

inline Number operator+(Number a, Number b) {
  return write(*a.tape, "+", a.value() + b.value(), {{a.line, 1}, {b.line, 1}});
}

inline Number operator-(Number a, Number b) {
  return write(*a.tape, "-", a.value() - b.value(), {{a.line, 1}, {b.line, -1}});
}

inline Number operator*(Number a, Number b) {
  return write(*a.tape, "*", a.value() * b.value(), {{a.line, b.value()}, {b.line, a.value()}});
}

inline Number sin(Number a) {
  return write(*a.tape, "sin", std::sin(a.value()), {{a.line, std::cos(a.value())}});
}

inline Number tanh(Number a) {
  const double y = std::tanh(a.value());
  return write(*a.tape, "tanh", y, {{a.line, 1 - y * y}});
}

/// The gradient: d(output)/d(line) for every line of the tape.
inline std::vector<double> backward(Number output) {
  const std::vector<Line>& lines = output.tape->lines;
  std::vector<double> gradient(lines.size(), 0.0);
  gradient[output.line] = 1;
  for (std::size_t line = output.line + 1; line-- > 0;) {
    for (const Edge& edge : lines[line].edges) gradient[edge.input] += edge.slope * gradient[line];
  }
  return gradient;
}

}  // namespace lesson
