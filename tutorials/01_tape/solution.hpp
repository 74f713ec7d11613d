#pragma once
/// Exercise 1, solved: first a topological order, then one sweep against it.

#include <cstddef>
#include <utility>
#include <vector>

#include "tutorials/01_tape/tape.hpp"

namespace lesson {

/// All nodes that `output` depends on, each after its inputs. Depth first, with a stack of its own: the call
/// stack would overflow on long chains.
inline std::vector<std::size_t> topological_order(const std::vector<Line>& nodes, std::size_t output) {
  std::vector<std::size_t> order;
  std::vector<char> seen(nodes.size(), 0);
  std::vector<std::pair<std::size_t, std::size_t>> stack{{output, 0}};  // a node and its next edge to follow
  seen[output] = 1;
  while (!stack.empty()) {
    auto& [node, next] = stack.back();
    if (next == nodes[node].edges.size()) {
      order.push_back(node);
      stack.pop_back();
      continue;
    }
    const std::size_t input = nodes[node].edges[next++].input;
    if (!seen[input]) {
      seen[input] = 1;
      stack.emplace_back(input, 0);
    }
  }
  return order;
}

/// d(nodes[output])/d(node) for every node. The nodes may be numbered in any order; no node depends on
/// itself.
inline std::vector<double> gradients(const std::vector<Line>& nodes, std::size_t output) {
  std::vector<double> gradient(nodes.size(), 0.0);
  gradient[output] = 1;
  const std::vector<std::size_t> order = topological_order(nodes, output);
  for (auto node = order.rbegin(); node != order.rend(); ++node) {
    for (const Edge& edge : nodes[*node].edges) gradient[edge.input] += edge.slope * gradient[*node];
  }
  return gradient;
}

}  // namespace lesson
