#pragma once
/// NumPy's .npz format: named .npy files in a zip archive (numpy.savez; PKWARE APPNOTE.TXT 6.3).

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace premelt {

/// The .npy files inside the bytes of an archive, by name without ending, each where it lies in `bytes`; what
/// else the archive holds is left out. Archives beyond 4 GB (zip64) are read as well. Throws DataError naming
/// `path` when it is no archive, is cut off or damaged, or an array is compressed or encrypted.
std::map<std::string, std::string_view> npz_arrays(const std::filesystem::path& path, std::string_view bytes);

}  // namespace premelt
