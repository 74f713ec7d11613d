#pragma once
/// A file, or standard input, line by line while it is being written.

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace premelt::cli {

/// Lines of a text, each as soon as it is complete. What is held is one line.
class InputLines {
 public:
  /// "-" is standard input. `follow`: the end of a file is waited at for more, and a file that was put in its
  /// place, or cut short, is read from its beginning. Once `interrupted`, there are no more lines. Throws
  /// DataError when the file cannot be read.
  InputLines(const std::string& file, bool follow, const std::atomic<bool>& interrupted);
  const std::string& name() const { return name_; }  ///< for messages

  /// The next line without its end; nothing at the end of the input or once interrupted. Throws DataError
  /// when a line does not end or the input cannot be read.
  std::optional<std::string> next();

  /// Somebody writes, and would be ended by a pipe that nobody reads.
  bool has_writer() const;
  /// Reads to the end of the input, or until interrupted, and looks at nothing.
  void discard();

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

  File open() const;
  bool at_end();
  bool wait_for_more();
  bool replaced() const;

  std::string path_, name_;
  bool follow_;
  const std::atomic<bool>& interrupted_;
  File file_;
  std::size_t number_ = 0;  ///< of the line read last
  std::string line_;        ///< as far as it has come
};

}  // namespace premelt::cli
