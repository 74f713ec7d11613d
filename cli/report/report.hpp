#pragma once
/// The HTML pages: self-contained files that open offline, in one frame and one look.

#include <filesystem>
#include <optional>
#include <string>

#include "cli/report/report_data.hpp"

namespace premelt::report {

/// The page as text. Its size is bounded whatever T and n: lines are thinned to their extremes, C(t) is
/// stored at a hundred steps or so and for at most 64 rows. Throws ShapeError when the arrays of `data` do
/// not fit together, DataError when the provenance is not a JSON object.
/// A `second` run is laid over the first, dashed, on the same axes.
std::string render_report(const ReportData& data, const std::optional<SecondRun>& second = {});

/// Writes `render_report` to `path`. Throws DataError when the file cannot be written.
void write_report(const ReportData& data, const std::filesystem::path& path,
                  const std::optional<SecondRun>& second = {});

/// The page of `premelt compare`: `json` is the text of the object its script draws, with a `title`.
void write_comparison(const std::string& title, const std::string& json, const std::filesystem::path& path);

/// A text as HTML: whatever a name holds, it cannot become markup.
std::string escape_html(std::string text);

/// A page whose `body` is complete HTML, its charts inline SVG in the colours of page.css.
std::string render_still(const std::string& title, const std::string& subtitle, const std::string& body);

/// False when the program was built without npm: pages then hold everything but the charts and say so.
bool has_charts();

}  // namespace premelt::report
