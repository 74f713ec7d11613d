#include "cli/report/checks.hpp"

#include <string>

#include "cli/report/lines.hpp"
#include "engine/tensor/error.hpp"

namespace premelt::report {
namespace {

void require(bool fits, const std::string& what, const std::string& found, const std::string& expected) {
  if (!fits) throw ShapeError("[report] " + what + ": " + found + ", expected " + expected);
}

void check_table(const Table& table, const std::string& what, std::size_t rows) {
  const Shape expected{rows, table.columns.size()};
  require(table.values.shape() == expected, what, to_string(table.values.shape()), to_string(expected));
}

void check_attention(const AttentionCourse& attention) {
  if (attention.heads.empty()) return;
  const std::size_t frames = attention.steps.size(), positions = attention.tokens.front().size();
  const Shape expected{frames, attention.heads.size(), attention.probes.size(), positions, positions};
  require(attention.patterns.shape() == expected, "attention patterns", to_string(attention.patterns.shape()),
          to_string(expected));
  require(attention.tokens.size() == attention.probes.size(), "tokens of the attending probes",
          std::to_string(attention.tokens.size()), std::to_string(attention.probes.size()));
}

}  // namespace

void check_shapes(const ReportData& data) {
  require(data.losses.rank() == 2 && data.losses.size() > 0, "losses", to_string(data.losses.shape()),
          "(recordings, probes), neither 0");
  const std::size_t recordings = data.losses.shape()[0], n = data.losses.shape()[1];
  require(data.steps.shape() == Shape{recordings}, "steps", to_string(data.steps.shape()),
          to_string(Shape{recordings}));
  for (const auto& [what, names] :
       {std::pair("probe names", &data.probe_names), {"block names", &data.probe_blocks}}) {
    require(names->empty() || names->size() == n, what, std::to_string(names->size()),
            "0 or " + std::to_string(n));
  }
  require(data.window >= 1, "window", "0", "at least 1");
  if (!data.order.columns.empty()) check_table(data.order, "order parameters", recordings);

  check_attention(data.attention);

  if (data.signals.columns.empty()) return;
  const std::size_t rows = row_count(data.signals);
  check_table(data.signals, "signals", rows);
  require(find_column(data.signals, "step") < data.signals.columns.size(), "signals", "no column `step`",
          "one");
  if (data.modes.empty()) return;
  const Shape& modes = data.modes.shape();
  require(modes.rank() == 3 && modes[0] == rows && modes[2] == n, "modes", to_string(modes),
          to_string(Shape{rows, 1, n}) + " or more modes");
}

}  // namespace premelt::report
