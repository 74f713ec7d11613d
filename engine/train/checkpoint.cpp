#include "engine/train/checkpoint.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/io/csv.hpp"
#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

const std::string parameter_prefix = "parameters.", optimizer_prefix = "optimizer.", stream_prefix = "rng.";
constexpr const char* step_key = "step";

[[noreturn]] void fail(const std::string& origin, const std::string& what) {
  throw DataError(origin + ": " + what);
}

/// Tensors that nobody asks for belong to something else than what is being loaded.
void require_known(const Checkpoint& checkpoint, const std::string& prefix,
                   const std::set<std::string>& names, const std::string& owner) {
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (!name.starts_with(prefix) || names.contains(name)) continue;
    fail(checkpoint.origin, "holds the tensor '" + name + "', which this " + owner + " does not have");
  }
}

}  // namespace

template <class T>
const Tensor<T>& Checkpoint::tensor(const std::string& name, const Shape& shape) const {
  const auto found = tensors.find(name);
  if (found == tensors.end()) fail(origin, "holds no tensor '" + name + "'");
  const auto* tensor = std::get_if<Tensor<T>>(&found->second);
  if (tensor == nullptr) fail(origin, "tensor '" + name + "' is of another element type");
  if (tensor->shape() == shape) return *tensor;
  fail(origin,
       "tensor '" + name + "' has shape " + to_string(tensor->shape()) + ", expected " + to_string(shape));
}

Rng Checkpoint::stream(const std::string& name) const {
  const auto found = streams.find(name);
  if (found == streams.end()) fail(origin, "holds no random stream '" + name + "'");
  return Rng(found->second);
}

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  Safetensors file{checkpoint.tensors, checkpoint.metadata};
  file.metadata[step_key] = std::to_string(checkpoint.step);
  for (const auto& [name, state] : checkpoint.streams) {
    file.tensors[stream_prefix + name] =
        Tensor<std::uint64_t>(Shape{2}, std::vector<std::uint64_t>{state.key, state.position});
  }
  write_safetensors(path, file);
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  Safetensors file = read_safetensors(path);
  if (file.metadata.erase(Safetensors::checksum_key) == 0) {
    fail(path.string(), "holds no checksum: it is corrupted or not a checkpoint of premelt");
  }
  const auto step = parse_number(file.metadata[step_key]);
  if (!step || !(*step >= 0 && *step < 0x1p53) || *step != std::floor(*step))
    fail(path.string(), "does not say its step: it is not a checkpoint of premelt");
  file.metadata.erase(step_key);

  Checkpoint checkpoint{static_cast<std::int64_t>(*step), {}, {}, std::move(file.metadata), path.string()};
  for (auto& [name, tensor] : file.tensors) {
    const auto* words = std::get_if<Tensor<std::uint64_t>>(&tensor);
    if (name.starts_with(stream_prefix) && words != nullptr && words->shape() == Shape{2}) {
      checkpoint.streams[name.substr(stream_prefix.size())] = {(*words)(0), (*words)(1)};
    } else {
      checkpoint.tensors[name] = std::move(tensor);
    }
  }
  return checkpoint;
}

template <class T>
void save(Checkpoint& checkpoint, const Parameters<T>& parameters) {
  for (const auto& entry : parameters.entries()) {
    checkpoint.tensors[parameter_prefix + entry.name] = parameters[entry.name].clone();
  }
}

template <class T>
void check(const Checkpoint& checkpoint, const Parameters<T>& parameters) {
  std::set<std::string> names;
  for (const auto& entry : parameters.entries()) {
    names.insert(parameter_prefix + entry.name);
    checkpoint.tensor<T>(parameter_prefix + entry.name, entry.shape);
  }
  require_known(checkpoint, parameter_prefix, names, "model");
}

template <class T>
void load(const Checkpoint& checkpoint, Parameters<T>& parameters) {
  check(checkpoint, parameters);
  for (const auto& entry : parameters.entries()) {
    const Tensor<T>& stored = checkpoint.tensor<T>(parameter_prefix + entry.name, entry.shape);
    std::ranges::copy(stored.flat(), parameters[entry.name].data());
  }
  parameters.flat().mark_changed();
}

template <class T>
void save(Checkpoint& checkpoint, const Optimizer<T>& optimizer) {
  const OptimizerState<T> state = optimizer.state();
  checkpoint.tensors[optimizer_prefix + "steps"] = Tensor<std::uint64_t>::scalar(state.steps);
  checkpoint.tensors[optimizer_prefix + "updates"] =
      Tensor<std::uint64_t>(Shape{state.updates.size()}, state.updates);
  for (const auto& [name, tensor] : state.tensors) checkpoint.tensors[optimizer_prefix + name] = tensor;
}

template <class T>
void load(const Checkpoint& checkpoint, Optimizer<T>& optimizer, const Parameters<T>& parameters) {
  OptimizerState<T> state = optimizer.state();
  state.steps = checkpoint.tensor<std::uint64_t>(optimizer_prefix + "steps", Shape{}).item();
  const bool started = state.steps != 0;  // everything is allocated at the first step
  const Shape shape{started ? parameters.size() : 0}, updates{started ? parameters.entries().size() : 0};
  const auto counts = checkpoint.tensor<std::uint64_t>(optimizer_prefix + "updates", updates).flat();
  state.updates.assign(counts.begin(), counts.end());
  std::set<std::string> names{optimizer_prefix + "steps", optimizer_prefix + "updates"};
  for (auto& [name, tensor] : state.tensors) {
    names.insert(optimizer_prefix + name);
    tensor = checkpoint.tensor<T>(optimizer_prefix + name, shape);
  }
  require_known(checkpoint, optimizer_prefix, names, "optimiser");
  optimizer.restore(state);
}

#define PREMELT_INSTANTIATE(T)                                                          \
  template const Tensor<T>& Checkpoint::tensor(const std::string&, const Shape&) const; \
  template void save(Checkpoint&, const Parameters<T>&);                                \
  template void check(const Checkpoint&, const Parameters<T>&);                         \
  template void load(const Checkpoint&, Parameters<T>&);                                \
  template void save(Checkpoint&, const Optimizer<T>&);                                 \
  template void load(const Checkpoint&, Optimizer<T>&, const Parameters<T>&);
PREMELT_INSTANTIATE(float)
PREMELT_INSTANTIATE(double)
#undef PREMELT_INSTANTIATE
template const Tensor<std::int64_t>& Checkpoint::tensor(const std::string&, const Shape&) const;
template const Tensor<std::uint64_t>& Checkpoint::tensor(const std::string&, const Shape&) const;

}  // namespace premelt
