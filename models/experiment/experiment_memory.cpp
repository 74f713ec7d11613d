#include "models/experiment/experiment_memory.hpp"

#include <algorithm>

namespace premelt {

double experiment_bytes(const Hyperparameters& parameters) {
  const auto value = [&](const char* name, double otherwise) {
    return parameters.contains(name) ? static_cast<double>(parameters.integer(name)) : otherwise;
  };
  const double width = value("width", 0), hidden = value("hidden", 0), length = value("length", 1),
               layers = std::max(value("layers", 1), value("depth", 1)), probes = value("probes", 100),
               modulus = value("modulus", 0), spectators = value("spectators", 0),
               dimensions = value("dimensions", 0), rank = value("rank", 0),
               ends = value("inputs", 0) + value("outputs", 0) + value("vocabulary", 0) + modulus;
  const double samples = std::max(
      {value("batch", 1), value("pretraining_batch", 1), value("rows", 1), probes, modulus * modulus});
  const double weights = layers * (4 * width * width + 2 * width * hidden + hidden * hidden) +
                         (ends + length) * (width + hidden + ends) + rank * (width + hidden) +
                         probes * (dimensions * dimensions + spectators) + value("directions", 0);
  const double activations = samples * (length * (ends + layers * (8 * width + 2 * hidden)) +
                                        layers * value("heads", 0) * length * length);
  const double window = 4 * value("window", 0) * (probes + value("window", 0));
  return sizeof(double) * (4 * weights + 2 * activations + window);
}

}  // namespace premelt
