#pragma once
/// Which probes stand together: probes sorted by block, and the cells a bounded picture can show.

#include <cstddef>
#include <string>
#include <vector>

#include "cli/report/report_data.hpp"
#include "rdm/window/blocks.hpp"

namespace premelt::report {

/// Neighbouring probes of one block that are shown as one, by their mean.
struct Cell {
  std::size_t block = 0;
  std::vector<std::size_t> probes;
};

struct ProbeLayout {
  std::vector<std::string> names;     ///< of all n probes
  std::vector<std::string> blocks;    ///< distinct block names, in order of appearance
  std::vector<std::size_t> block_of;  ///< (n) index into `blocks`
  std::vector<Cell> cells;            ///< sorted by block; one probe each when there are few probes
  std::size_t probes_per_cell = 1;    ///< the most any cell holds

  Blocks partition() const { return {blocks, block_of}; }  ///< the blocks, as rdm knows them
  std::vector<std::vector<std::size_t>> groups() const;    ///< the probes of each cell
};

/// Sorts the probes by block and packs them into at most `max_cells` cells, none of which crosses a block.
/// Runs with more blocks than cells are shown as a single block.
ProbeLayout lay_out_probes(const ReportData& data, std::size_t max_cells = 64);

}  // namespace premelt::report
