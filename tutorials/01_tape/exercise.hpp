#pragma once
/// Exercise 1: gradients of a graph that is not a tape.

#include <cstddef>
#include <vector>

#include "tutorials/01_tape/tape.hpp"

namespace lesson {

inline void push(const std::vector<Line>& nodes, std::size_t node, std::vector<double>& gradient) {
  for (const Edge& edge : nodes[node].edges) {
    gradient[edge.input] += edge.slope * gradient[node];
    push(nodes, edge.input, gradient);
  }
}

/// d(nodes[output])/d(node) for every node. The nodes may be numbered in any order; no node depends on
/// itself.
inline std::vector<double> gradients(const std::vector<Line>& nodes, std::size_t output) {
  // This is wrong for b = a + a; c = b + b. Find out why, then write it anew.
  std::vector<double> gradient(nodes.size(), 0.0);
  gradient[output] = 1;
  push(nodes, output, gradient);
  return gradient;
}

}  // namespace lesson
