#pragma once
/// Directories that one process at a time writes to.

#include <filesystem>
#include <optional>

namespace premelt {

/// The right to write to a directory: a lock on the file `.lock` inside it, which the system lets go of when
/// the process ends, however it ends.
class DirectoryLock {
 public:
  /// Throws DataError naming the process that has the lock, or when the directory cannot be written to. Where
  /// the file system has no locks, says so on stderr and goes on without.
  explicit DirectoryLock(const std::filesystem::path& directory);
  /// The lock, or nothing when another process has it. Throws DataError when the directory cannot be written
  /// to.
  static std::optional<DirectoryLock> try_take(const std::filesystem::path& directory);

  /// Whether another process has it now. Changes nothing.
  static bool is_taken(const std::filesystem::path& directory);

  /// Lets go and removes `.lock`.
  ~DirectoryLock();
  /// Leaves nothing to let go of behind.
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;

 private:
  DirectoryLock(std::filesystem::path file, int descriptor);

  std::filesystem::path file_;
  int descriptor_;  ///< -1: moved from
};

/// A directory for results that no other process writes to while this object lives.
class ClaimedDirectory {
 public:
  /// A new directory: `wanted` itself when nothing (or an empty directory) is there, else `wanted-2`,
  /// `wanted-3`, ...: nothing is ever overwritten, and of several processes that ask at once each gets its
  /// own. Throws DataError when it cannot be made, or when there is something that is no directory.
  static ClaimedDirectory fresh(const std::filesystem::path& wanted);
  /// `directory` with what is in it; made when it is missing. Throws DataError naming the process that is at
  /// work there.
  static ClaimedDirectory open(const std::filesystem::path& directory);

  const std::filesystem::path& path() const { return path_; }  ///< of the directory

  /// A directory that was made and in which nothing was left goes again.
  ~ClaimedDirectory();
  /// The claim moves on.
  ClaimedDirectory(ClaimedDirectory&& other) noexcept;
  ClaimedDirectory& operator=(ClaimedDirectory&&) = delete;

 private:
  ClaimedDirectory(std::filesystem::path path, bool made, DirectoryLock lock);

  std::filesystem::path path_;
  bool made_;
  std::optional<DirectoryLock> lock_;  ///< let go of before the directory is removed
};

}  // namespace premelt
