#pragma once
/// Losses in files that hold several arrays by name: numpy.savez and safetensors.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/tensor/tensor.hpp"

namespace premelt {

/// The array `losses` (T,n), or the only one, and beside it `steps` (T), if there.
struct ArchivedLosses {
  Tensor<double> losses;                                          ///< of whatever shape
  std::optional<std::vector<std::int64_t>> steps = std::nullopt;  ///< as many as the file has
};

/// From the bytes of a .npz file, which `path` names in errors. Throws DataError as `npz_arrays` and
/// `parse_npy`, and, naming all arrays, when nothing tells which holds the losses.
ArchivedLosses parse_npz_losses(const std::filesystem::path& path, std::string_view bytes);

/// From a .safetensors file. Throws DataError as `read_safetensors` and as above.
ArchivedLosses read_safetensors_losses(const std::filesystem::path& path);

}  // namespace premelt
