#pragma once
/// Which columns of a table of losses hold the probes, and which the step: tables come from pandas, loggers
/// and spreadsheets, with and without a header.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/csv.hpp"

namespace premelt {

/// Whether a table may have a column of steps.
enum class StepColumn {
  find,  ///< by its name, or because it holds whole numbers that rise in equal steps
  none   ///< every column is a probe
};

/// What a table's first rows say.
struct LossColumns {
  std::size_t width = 0;            ///< number of columns
  bool has_header = false;          ///< the first row names the columns
  std::optional<std::size_t> step;  ///< the column of the steps
  std::vector<std::size_t> probes;  ///< the columns of the losses
  std::vector<std::string> names;   ///< of the probes; "0", "1", ... without a header
  std::string steps_from;           ///< for people: "steps from column 1 'step'"
};

/// Whether these first rows of a table are enough for `find_columns`, whatever follows: a step needs three.
bool can_tell(std::span<const CsvRow> rows, StepColumn steps);

/// `rows`: the first of a table, enough to tell or all there are.
///
/// A header is a row without any number, one with a column called step (or global_step, iteration, iter,
/// epoch, in any case), or pandas' default 0,1,2,... The steps are in the column of that name (of several,
/// the first in this list; the others are no probes), else in an unnamed first column, as pandas writes its
/// index, else in a first column whose first three numbers are whole and rise in equal steps.
///
/// Throws DataError naming `source`, row and column when a probe has no name or that of another, no probe is
/// left, or the first row is neither a header nor numbers.
LossColumns find_columns(const std::string& source, std::span<const CsvRow> rows, StepColumn steps);

/// The column of the steps in a table that is read for nothing else: as above, or the only one. Throws
/// DataError naming `source` and row when there are several and nothing tells which.
std::size_t find_step(const std::string& source, std::span<const CsvRow> rows);

/// "0", "1", ...
std::vector<std::string> numbered_names(std::size_t count);

}  // namespace premelt
