#pragma once
/// Whole files, read and written in one piece.

#include <filesystem>
#include <string>
#include <string_view>

namespace premelt {

/// All bytes of a file. Throws DataError naming it when it is missing, unreadable or a directory; `expected`
/// says what it should have been: "a .npy file".
std::string read_file(const std::filesystem::path& path, const std::string& expected);

/// Writes under a temporary name beside `path`, forces the bytes to the disk and renames: whatever happens,
/// readers find the old file or the new one, never half of one. Throws DataError when it cannot be written.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace premelt
