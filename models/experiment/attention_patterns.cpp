#include "models/experiment/attention_patterns.hpp"

#include <algorithm>

namespace premelt {

std::vector<std::string> head_names(std::size_t layers, std::size_t heads) {
  std::vector<std::string> names;
  for (std::size_t layer = 1; layer <= layers; ++layer) {
    for (std::size_t head = 1; head <= heads; ++head)
      names.push_back("layer " + std::to_string(layer) + ", head " + std::to_string(head));
  }
  return names;
}

template <class T>
Tensor<double> patterns_by_head(const std::vector<Tensor<T>>& layers) {
  const Shape& shape = layers.front().shape();
  const std::size_t probes = shape[0], heads = shape[1], positions = shape[2];
  const std::size_t pattern = positions * positions;
  Tensor<double> result(Shape{layers.size() * heads, probes, positions, positions});
  double* next = result.data();
  for (const Tensor<T>& layer : layers) {
    for (std::size_t head = 0; head < heads; ++head) {
      for (std::size_t probe = 0; probe < probes; ++probe)
        next = std::copy_n(layer.data() + (probe * heads + head) * pattern, pattern, next);
    }
  }
  return result;
}

template Tensor<double> patterns_by_head(const std::vector<Tensor<float>>&);
template Tensor<double> patterns_by_head(const std::vector<Tensor<double>>&);

}  // namespace premelt
