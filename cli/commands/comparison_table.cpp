#include "cli/commands/comparison_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "cli/terminal/progress.hpp"
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
      const std::string padding(widths[c] - width_of(row[c]), ' ');
      line += c == 0 ? row[c] + padding : "  " + padding + row[c];
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

/// A covariance that was drawn.
struct Drawn {
  std::string name;
  std::size_t draws;  ///< effective ones, for chains
  const Agreement& agreement;
  Measured second = {};  ///< the error of the second order
};

std::vector<Drawn> all_of(const StepComparison& s, bool with_gaussian = true) {
  std::vector<Drawn> all;
  for (const GaussianComparison& g : s.gaussian) {
    if (with_gaussian)
      all.push_back(
          {"gaussian, sigma " + short_number(g.sigma), g.draws, g.agreement, g.error_order2.measured});
  }
  if (s.dynamical && !s.dynamical->agreement.own.covariance.empty())
    all.push_back({"dynamical", s.dynamical->window, s.dynamical->agreement});
  if (s.replica) all.push_back({"replica", s.replicas, *s.replica});
  if (s.sgld) {
    const auto effective = static_cast<std::size_t>(s.sgld->result.effective_draws);
    all.push_back({"sgld", effective, s.sgld->agreement});
  }
  return all;
}

std::string errors(const std::vector<Drawn>& all, const std::vector<GaussianComparison>& gaussian) {
  std::vector<Row> rows{{"relative error", "draws", "of GΣGᵀ", "of the second order", "of C itself"}};
  for (const Drawn& drawn : all) {
    rows.push_back({drawn.name, std::to_string(drawn.draws), with_error(drawn.agreement.error),
                    with_error(drawn.second), short_number(drawn.agreement.mc_error)});
  }
  if (gaussian.size() > 1) {
    rows.push_back({"slope in sigma", "",
                    with_error(slope_in_sigma(gaussian, &GaussianComparison::error_order1)),
                    with_error(slope_in_sigma(gaussian, &GaussianComparison::error_order2))});
  }
  return table(rows);
}

std::string signals(const std::vector<Drawn>& all) {
  std::vector<Row> rows{{"beside GΣGᵀ", "SHC ratio", "PR", "PR of GΣGᵀ", "v1 overlap"}};
  for (const Drawn& drawn : all) {
    const Agreement& a = drawn.agreement;
    rows.push_back({drawn.name, with_error(a.shc_ratio), with_error(a.own.pr), with_error(a.linear.pr),
                    with_error(a.top_overlap)});
  }
  return table(rows);
}

std::string angles(const std::vector<Drawn>& all) {
  std::vector<Row> rows{{"principal angles, rad", "1st", "2nd", "3rd"}};
  for (const Drawn& drawn : all) {
    Row& row = rows.emplace_back(Row{drawn.name});
    for (const Measured& angle : drawn.agreement.angles) row.push_back(with_error(angle));
  }
  return table(rows);
}

Row energies_of(const std::string& name, const CovarianceSummary& summary) {
  Row row{name, with_error(summary.within)};
  for (std::size_t b = 0; b < summary.energy.size(); ++b) {
    row.push_back(with_error(summary.energy[b]) + " (" + short_number(summary.top_share[b].value) + ")");
  }
  return row;
}

/// Gaussian covariances of other widths than the middle one divide alike.
std::string energies(const StepComparison& s, const Blocks& blocks) {
  std::vector<Row> rows{{"energy by block (of v1)", "within"}};
  std::ranges::copy(blocks.names(), std::back_inserter(rows[0]));
  const auto add = [&](const std::string& name, const CovarianceSummary& summary) {
    if (!summary.covariance.empty()) rows.push_back(energies_of(name, summary));
  };
  if (!s.gaussian.empty()) {
    const GaussianComparison& g = s.gaussian[s.gaussian.size() / 2];
    add("gaussian, sigma " + short_number(g.sigma), g.agreement.own);
    add("  its GΣGᵀ", g.agreement.linear);
    add("  its second order", g.second);
  }
  for (const Drawn& drawn : all_of(s, false)) {
    add(drawn.name, drawn.agreement.own);
    add("  its GΣGᵀ", drawn.agreement.linear);
  }
  return table(rows);
}

std::string chain(const SgldComparison& s) {
  const std::string gradients = s.options.batch == 0
                                    ? "whole gradients"
                                    : "batches of " + std::to_string(s.options.batch) + ", which add " +
                                          short_number(100 * s.result.gradient_noise) + " % to its noise";
  return "  sgld: llc " + with_error({s.result.llc, s.result.llc_error}) + " from " +
         std::to_string(s.options.samples) + " samples, " + gradients + "; " +
         short_number(s.result.effective_draws) + " effective of " + std::to_string(s.result.trace.size()) +
         " draws, acceptance " + short_number(s.result.acceptance) + "\n";
}

}  // namespace

std::string with_error(const Measured& measured) {
  const auto [value, error, below] = measured;
  if (!std::isnan(below)) return "< " + short_number(below);
  if (std::isnan(value) || std::isnan(error)) return short_number(value);
  char text[64];
  if (error <= 1e-12 * std::abs(value)) {  // known exactly, but for rounding
    std::snprintf(text, sizeof text, "%.4g", value);
  } else if (std::abs(value) < 0.01 || error < 1e-5) {
    std::snprintf(text, sizeof text, "%s ± %.0e", short_number(value).c_str(), error);
  } else {
    const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(error))));
    std::snprintf(text, sizeof text, "%.*f ± %.*f", decimals, value, decimals, error);
  }
  return text;
}

std::string to_text(const StepComparison& step, const Blocks& blocks) {
  std::string text = "step " + std::to_string(step.step) + "\n";
  const std::vector<Drawn> all = all_of(step);
  text += errors(all, step.gaussian) + signals(all) + angles(all);
  if (step.dynamical) {
    text += step.dynamical->agreement.own.covariance.empty()
                ? "  dynamical: no window of " + std::to_string(step.dynamical->window) +
                      " recordings is full yet\n"
                : "  dynamical: ± tells how far a number rests on one tenth of the window\n";
  }
  if (step.replica)
    text += "  replica: ± is the scatter of " + std::to_string(step.replicas) +
            " copies; so few bias PR and the relative error by more\n";
  if (blocks.size() > 1) text += energies(step, blocks);
  if (step.sgld) text += chain(*step.sgld);
  return text;
}

}  // namespace premelt::cli
