#pragma once
/// Whole files, read and written in one piece.

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace premelt {

/// All bytes of a file. Throws DataError naming it when it is missing, unreadable (also when the disk fails
/// in the middle), a directory, a device (which may never end) or larger than the memory; `expected` says
/// what it should have been: "a .npy file".
std::string read_file(const std::filesystem::path& path, const std::string& expected);

/// Writes under a temporary name of its own beside `path`, forces the bytes to the disk, renames, and forces
/// the directory to the disk: whatever happens, readers find the old file or the new one, never half of one,
/// and what was written before this call is still there after it. Throws DataError naming the file when it
/// cannot be written; the old file is then as it was.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Forces the names in a directory to the disk: a new file is safe only with its directory. Throws DataError
/// when the disk refuses.
void sync_directory(const std::filesystem::path& directory);

/// Removes what `write_file` left beside files of this directory when it was killed and nobody has touched
/// for `untouched`. Where other processes may be writing, give it far more time than a file takes.
void remove_unfinished(const std::filesystem::path& directory, std::chrono::seconds untouched = {});

/// The beginning of a text from outside, for messages: at most 60 bytes.
std::string excerpt(std::string_view text);

}  // namespace premelt
