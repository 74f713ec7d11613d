#include "cli/commands/comparison_table.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "engine/tensor/numbers.hpp"

namespace premelt::cli {

namespace {

using Row = std::vector<std::string>;

/// Characters, not bytes.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Columns as wide as their widest cell, the first one flush left.
std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width_of(row[c]));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = "  ";
    for (std::size_t c = 0; c < row.size(); ++c) {
      line += c == 0 ? fmt::format("{:<{}}", row[c], widths[c]) : fmt::format("  {:>{}}", row[c], widths[c]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

/// Everything that drew a covariance, by the name of its row.
using Drawn = std::vector<std::pair<std::string, const Comparison*>>;

Drawn drawn_in(const StepComparison& step) {
  Drawn all;
  for (const SamplerComparison& found : step.samplers) {
    for (const Comparison& comparison : found.all) {
      if (!comparison.agreement.own.covariance.empty())
        all.emplace_back(found.label(comparison), &comparison);
    }
  }
  return all;
}

std::string errors(const StepComparison& step) {
  std::vector<Row> rows{{"relative error", "draws", "of GΣGᵀ", "of the second order", "of C itself"}};
  for (const auto& [name, drawn] : drawn_in(step)) {
    rows.push_back({name, std::to_string(drawn->draws), to_string(drawn->agreement.error),
                    to_string(drawn->error_order2.measured), short_number(drawn->agreement.mc_error)});
  }
  for (const SamplerComparison& found : step.samplers) {
    if (found.all.size() > 1) {
      rows.push_back({"slope in sigma", "", to_string(slope_in_sigma(found.all, &Comparison::error_order1)),
                      to_string(slope_in_sigma(found.all, &Comparison::error_order2))});
    }
  }
  return table(rows);
}

std::string signals(const StepComparison& step) {
  std::vector<Row> rows{{"beside GΣGᵀ", "SHC ratio", "PR", "PR of GΣGᵀ", "v1 overlap"}};
  for (const auto& [name, drawn] : drawn_in(step)) {
    const Agreement& a = drawn->agreement;
    rows.push_back({name, to_string(a.shc_ratio), to_string(a.own.pr), to_string(a.linear.pr),
                    to_string(a.top_overlap)});
  }
  return table(rows);
}

std::string angles(const StepComparison& step) {
  std::vector<Row> rows{{"principal angles, rad", "1st", "2nd", "3rd"}};
  for (const auto& [name, drawn] : drawn_in(step)) {
    Row& row = rows.emplace_back(Row{name});
    for (const Measured& angle : drawn->agreement.angles) row.push_back(to_string(angle));
  }
  return table(rows);
}

Row energies_of(const std::string& name, const CovarianceSummary& summary) {
  Row row{name, to_string(summary.within)};
  for (std::size_t b = 0; b < summary.energy.size(); ++b) {
    row.push_back(to_string(summary.energy[b]) + " (" + short_number(summary.top_share[b].value) + ")");
  }
  return row;
}

/// Covariances of other widths than the middle one divide alike.
std::string energies(const StepComparison& step, const Blocks& blocks) {
  std::vector<Row> rows{{"energy by block (of v1)", "within"}};
  std::ranges::copy(blocks.names(), std::back_inserter(rows[0]));
  const auto add = [&](const std::string& name, const CovarianceSummary& summary) {
    if (!summary.covariance.empty()) rows.push_back(energies_of(name, summary));
  };
  for (const SamplerComparison& found : step.samplers) {
    const Comparison& drawn = found.middle();
    add(found.label(drawn), drawn.agreement.own);
    add("  its GΣGᵀ", drawn.agreement.linear);
    add("  its second order", drawn.second);
  }
  return table(rows);
}

}  // namespace

std::string to_text(const StepComparison& step, const Blocks& blocks, bool only) {
  std::string text = "step " + std::to_string(step.step) + "\n";
  text += errors(step) + signals(step);
  if (only) text += angles(step);
  if (only && blocks.size() > 1) text += energies(step, blocks);
  for (const SamplerComparison& found : step.samplers) {
    if (const std::string& note = found.middle().note; !note.empty())
      text += "  " + found.sampler->name + ": " + note + "\n";
  }
  return text;
}

}  // namespace premelt::cli
