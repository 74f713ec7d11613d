#pragma once
/// Recordings of probe losses as lines of text, the way a training program prints them while it runs.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace premelt {

/// One recording.
struct LossLine {
  std::int64_t step;           ///< of the training
  std::vector<double> losses;  ///< (n); NaN where the line says nan, NaN or null
};

/// Reads recordings line by line. A line that opens with a bracket or a brace is JSON, `[1.2, 0.7]` or
/// `{"step": 10, "losses": [1.2, 0.7]}`, with NaN and Infinity as Python writes them. Any other is CSV, for
/// which the first line may be a header that names the probes, its first column perhaps `step`. A recording
/// without a step is one step after the recording before it, the first at step 0.
class LossLineReader {
 public:
  /// Which lines it understands.
  enum class Accept {
    csv_and_json,  ///< either, decided line by line
    json           ///< a line that is not JSON is an error
  };

  /// `source` names the lines' origin in errors.
  explicit LossLineReader(std::string source, Accept accept = Accept::csv_and_json);

  /// The recording in the next line; nothing when the line is blank or the header. Throws DataError naming
  /// source and line, and what was expected, when it is neither, or has another number of losses.
  std::optional<LossLine> read(const std::string& text);

  /// "losses.csv:12", of the line read last.
  std::string where() const;
  /// The header's names, else "0", "1", ...; empty before the first recording.
  const std::vector<std::string>& probes() const { return probes_; }

 private:
  LossLine parse_json(const std::string& text) const;
  LossLine parse_csv(const std::string& text) const;
  void read_header(const std::vector<std::string>& cells);

  std::string source_;
  Accept accept_;
  std::size_t line_ = 0;
  bool has_header_ = false, has_steps_ = false;  ///< of CSV lines
  std::vector<std::string> probes_;
  std::int64_t next_step_ = 0;
};

/// Whether a first row names its columns: it starts with `step` or holds no number.
bool is_loss_header(const std::vector<std::string>& cells);

/// A step written as a number. Throws DataError, beginning with `where`, when it is not a whole one.
std::int64_t to_step(const std::string& where, double value);

/// "0", "1", ...
std::vector<std::string> numbered_names(std::size_t count);

}  // namespace premelt
