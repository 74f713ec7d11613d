#pragma once
/// Reading a run directory back, to draw it.

#include <filesystem>
#include <vector>

#include "cli/report/report_data.hpp"

namespace premelt::cli {

/// events.json. Throws DataError when it is missing or malformed.
std::vector<Event> read_events(const std::filesystem::path& directory);

/// The recordings that both steps.npy and losses.npy hold, complete ones.
struct Recordings {
  Tensor<std::int64_t> steps;  ///< (T), increasing
  NpyRows losses;              ///< (T,n), where they lie in the file
};

/// Throws DataError naming the file that is missing or malformed, what was expected and what found.
Recordings read_recordings(const std::filesystem::path& directory);

/// The same of all files a report is drawn from: their arrays fit together.
report::ReportData read_run_directory(const std::filesystem::path& directory);

/// Draws `<directory>/report.html` and returns its path.
std::filesystem::path write_run_report(const std::filesystem::path& directory);

/// The same with a second run laid over it, as `<directory>/report-with-<name of the second>.html`.
std::filesystem::path write_run_report(const std::filesystem::path& directory,
                                       const std::filesystem::path& second);

}  // namespace premelt::cli
