#pragma once
/// What the heads of a transformer attend to on a few probes, for reports.

#include <cstddef>
#include <string>
#include <vector>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// The attention patterns a setting shows: H heads on P chosen probes of T positions.
struct AttentionSpec {
  std::vector<std::string> heads;                ///< H names: "layer 1, head 2"
  std::vector<std::string> probes;               ///< P names
  std::vector<std::vector<std::string>> tokens;  ///< (P,T) what stands at each position
};

/// "layer 1, head 1", "layer 1, head 2", ...
std::vector<std::string> head_names(std::size_t layers, std::size_t heads);

/// The weights of each layer (P,heads,T,T) as patterns of all heads (H,P,T,T), in the order of `head_names`.
template <class T>
Tensor<double> patterns_by_head(const std::vector<Tensor<T>>& layers);

}  // namespace premelt
