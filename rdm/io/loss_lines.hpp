#pragma once
/// Recordings of probe losses as lines of text, the way a training program prints them while it runs, and as
/// the rows of a file: one reader, so that the same text means the same.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/csv.hpp"
#include "rdm/io/loss_columns.hpp"

namespace premelt {

/// One recording.
struct LossLine {
  std::size_t line;            ///< of the source, from 1
  std::int64_t step;           ///< of the training
  std::vector<double> losses;  ///< (n); NaN where the line says nan, NaN or null
};

/// Reads recordings line by line. A line that opens with a bracket or a brace is JSON, `[1.2, 0.7]` or
/// `{"step": 10, "losses": [1.2, 0.7]}`, with NaN and Infinity as Python writes them. Any other is CSV, whose
/// columns are found by rdm/io/loss_columns.hpp: rows are held back, at most four, until that is possible. A
/// recording without a step is one step after the recording before it, the first at step 0.
class LossLineReader {
 public:
  /// Which lines it understands.
  enum class Accept {
    csv_and_json,  ///< either, decided line by line
    json           ///< a line that is not JSON is an error
  };

  /// `source` names the lines' origin in errors.
  explicit LossLineReader(std::string source, Accept accept = Accept::csv_and_json,
                          StepColumn steps = StepColumn::find);

  /// @{
  /// Takes the next line, or the next row of a file. Throws DataError naming source and line, and what was
  /// expected, when it is no recording, or has another number of losses than the first.
  void read(const std::string& text);
  void read_row(CsvRow row);
  /// @}
  /// No line follows: what was held back is read as it stands. Throws DataError as above.
  void finish();
  /// The next of the recordings that were read, if any.
  std::optional<LossLine> next();

  /// "losses.csv:12", of the recording returned last, or of a line read since.
  std::string where() const;
  /// The header's names, else "0", "1", ...; empty before the first recording.
  const std::vector<std::string>& probes() const { return probes_; }
  /// Where the steps come from, for people: "steps from column 1 'step'".
  const std::string& steps_from() const { return steps_from_; }

 private:
  LossLine parse_json(const std::string& text) const;
  LossLine parse_row(const CsvRow& row) const;
  bool joins_lines(const std::string& text);
  void decide();
  void keep(LossLine recording);

  std::string source_;
  Accept accept_;
  StepColumn step_column_;
  std::size_t line_ = 0, current_ = 0;  ///< lines read; the one spoken of
  std::string open_quote_;              ///< the beginning of a header whose names go over several lines
  std::vector<CsvRow> held_;            ///< until the columns are known
  std::optional<LossColumns> columns_;  ///< of CSV lines
  std::vector<std::string> probes_;
  std::string steps_from_ = "steps counted from 0";
  std::int64_t next_step_ = 0;
  std::deque<LossLine> ready_;
};

/// A step written as a number. Throws DataError, beginning with `where`, when it is not a whole one.
std::int64_t to_step(const std::string& where, double value);

}  // namespace premelt
