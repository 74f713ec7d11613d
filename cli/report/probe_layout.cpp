#include "cli/report/probe_layout.hpp"

#include <set>

namespace premelt::report {
namespace {

std::vector<std::vector<std::size_t>> members(const ProbeLayout& layout) {
  std::vector<std::vector<std::size_t>> blocks(layout.blocks.size());
  for (std::size_t probe = 0; probe < layout.block_of.size(); ++probe) {
    blocks[layout.block_of[probe]].push_back(probe);
  }
  return blocks;
}

std::size_t cells_needed(const std::vector<std::vector<std::size_t>>& blocks, std::size_t per_cell) {
  std::size_t count = 0;
  for (const auto& block : blocks) count += (block.size() + per_cell - 1) / per_cell;
  return count;
}

/// Blocks are shown in the order of their names: mode1, mode2, ...
void name_blocks(const std::vector<std::string>& block_names, ProbeLayout& layout) {
  const std::set<std::string> names(block_names.begin(), block_names.end());
  layout.blocks.assign(names.begin(), names.end());
  for (const std::string& name : block_names) {
    layout.block_of.push_back(static_cast<std::size_t>(std::distance(names.begin(), names.find(name))));
  }
}

}  // namespace

ProbeLayout lay_out_probes(const ReportData& data, std::size_t max_cells) {
  const std::size_t n = data.losses.shape()[1];
  ProbeLayout layout;
  layout.names = data.probe_names;
  for (std::size_t probe = layout.names.size(); probe < n; ++probe) {
    layout.names.push_back("probe " + std::to_string(probe));
  }
  name_blocks(data.probe_blocks, layout);
  if (layout.blocks.empty() || layout.blocks.size() > max_cells) {
    layout.blocks = {"all probes"};
    layout.block_of.assign(n, 0);
  }

  const auto blocks = members(layout);
  while (cells_needed(blocks, layout.probes_per_cell) > max_cells) ++layout.probes_per_cell;
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    for (std::size_t i = 0; i < blocks[block].size(); ++i) {
      if (i % layout.probes_per_cell == 0) layout.cells.push_back({block, {}});
      layout.cells.back().probes.push_back(blocks[block][i]);
    }
  }
  return layout;
}

std::vector<std::vector<std::size_t>> ProbeLayout::groups() const {
  std::vector<std::vector<std::size_t>> probes;
  for (const Cell& cell : cells) probes.push_back(cell.probes);
  return probes;
}

}  // namespace premelt::report
