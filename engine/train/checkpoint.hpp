#pragma once
/// Everything needed to continue a training bit for bit, kept in a safetensors file.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "engine/io/safetensors.hpp"
#include "engine/tensor/random.hpp"
#include "engine/train/optimizer.hpp"
#include "engine/train/parameters.hpp"

namespace premelt {

/// The state of a training after `step` steps.
struct Checkpoint {
  std::int64_t step = 0;                        ///< steps made so far
  std::map<std::string, AnyTensor> tensors;     ///< by name: "parameters.w1", "optimizer.mean"
  std::map<std::string, Rng::State> streams;    ///< by name: "data", "noise"
  std::map<std::string, std::string> metadata;  ///< what was trained: setting, parameters
  std::string origin = "the checkpoint";        ///< the file it was read from, for error texts

  /// A tensor of this element type and shape. Throws DataError naming the file when it is not there.
  template <class T>
  const Tensor<T>& tensor(const std::string& name, const Shape& shape) const;
  /// Throws DataError naming the file when it is not there.
  Rng stream(const std::string& name) const;
};

/// The file holds the tensors under their names, a stream as `rng.NAME` (U64: key, position), and the step
/// among the metadata. Written atomically; throws DataError when it cannot be written.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Throws DataError naming the file and what is wrong when it is missing, truncated, corrupted, or no
/// checkpoint of ours.
Checkpoint read_checkpoint(const std::filesystem::path& path);

/// The tensors of a model, as `parameters.NAME`.
template <class T>
void save(Checkpoint& checkpoint, const Parameters<T>& parameters);
/// Throws DataError naming the tensor when a parameter is missing, has another shape or element type, or when
/// the checkpoint holds a parameter that the model does not have. Changes nothing.
template <class T>
void check(const Checkpoint& checkpoint, const Parameters<T>& parameters);
/// Checks everything first: a failed load leaves the parameters as they were.
template <class T>
void load(const Checkpoint& checkpoint, Parameters<T>& parameters);

/// The state of an optimiser, as `optimizer.NAME` (p), its number of steps, as `optimizer.steps`, and of each
/// parameter's updates, as `optimizer.updates`.
template <class T>
void save(Checkpoint& checkpoint, const Optimizer<T>& optimizer);
/// `parameters` are those it trains. Throws DataError when the state is missing or belongs to another
/// optimiser, which then stays as it was.
template <class T>
void load(const Checkpoint& checkpoint, Optimizer<T>& optimizer, const Parameters<T>& parameters);

}  // namespace premelt
