#include "cli/report/checks.hpp"

#include <string>
#include <utility>

#include "engine/tensor/error.hpp"

namespace premelt::report {
namespace {

void require(bool fits, const std::string& what, const std::string& found, const std::string& expected) {
  if (!fits) throw ShapeError("[report] " + what + ": " + found + ", expected " + expected);
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

void check_names(const ReportData& data) {
  check_shapes(data);
  const std::size_t n = data.losses.shape()[1];
  for (const auto& [what, names] :
       {std::pair("probe names", &data.probe_names), {"block names", &data.probe_blocks}}) {
    require(names->empty() || names->size() == n, what, std::to_string(names->size()),
            "0 or " + std::to_string(n));
  }
  check_attention(data.attention);
}

}  // namespace premelt::report
