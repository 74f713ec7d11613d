#include "rdm/io/loss_archive.hpp"

#include <algorithm>
#include <string>
#include <variant>

#include "engine/io/npy.hpp"
#include "engine/io/npz.hpp"
#include "engine/io/safetensors.hpp"
#include "engine/tensor/error.hpp"
#include "engine/tensor/names.hpp"

namespace premelt {

namespace {

constexpr const char* steps_name = "steps";

/// Which of these arrays holds the losses.
template <class Arrays>
std::string losses_among(const std::filesystem::path& path, const Arrays& arrays) {
  std::vector<std::string> names;
  for (const auto& [name, array] : arrays) {
    if (name != steps_name) names.push_back(name);
  }
  if (names.size() == 1) return names.front();
  if (std::ranges::count(names, "losses") > 0) return "losses";
  throw DataError(path.string() + ": expected an array 'losses' of shape (T,n), found " +
                  (names.empty() ? "none" : comma_separated(names)));
}

std::vector<std::int64_t> as_steps(const Indices& array) {
  return {array.flat().begin(), array.flat().end()};
}

template <class T>
Tensor<double> as_double(const Tensor<T>& array) {
  Tensor<double> result(array.shape());
  std::ranges::transform(array.flat(), result.data(), [](T x) { return static_cast<double>(x); });
  return result;
}

}  // namespace

ArchivedLosses parse_npz_losses(const std::filesystem::path& path, std::string_view bytes) {
  const auto arrays = npz_arrays(path, bytes);
  const std::string losses = losses_among(path, arrays);
  const auto named = [&](const std::string& name) { return path.string() + ": " + name; };
  ArchivedLosses found{parse_npy<double>(named(losses), arrays.at(losses))};
  if (arrays.contains(steps_name))
    found.steps = as_steps(parse_npy<std::int64_t>(named(steps_name), arrays.at(steps_name)));
  return found;
}

ArchivedLosses read_safetensors_losses(const std::filesystem::path& path) {
  const auto tensors = read_safetensors(path).tensors;
  const AnyTensor& losses = tensors.at(losses_among(path, tensors));
  ArchivedLosses found{std::visit([](const auto& array) { return as_double(array); }, losses)};
  if (!tensors.contains(steps_name)) return found;
  const auto* steps = std::get_if<Indices>(&tensors.at(steps_name));
  if (steps == nullptr) throw DataError(path.string() + ": steps: expected whole numbers (I64)");
  found.steps = as_steps(*steps);
  return found;
}

}  // namespace premelt
