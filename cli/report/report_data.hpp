#pragma once
/// What a report shows. Whoever reads a run directory fills it; the page and the figures only draw it.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/io/npy_rows.hpp"
#include "engine/tensor/numbers.hpp"
#include "engine/tensor/tensor.hpp"
#include "rdm/window/event.hpp"

namespace premelt::report {

/// Named columns over a (rows, columns) matrix, as a CSV file holds them.
struct Table {
  std::vector<std::string> columns;
  Tensor<double> values;  ///< (rows, columns)
};

/// Attention patterns of H heads on P probes of T positions, over time.
struct AttentionCourse {
  std::vector<std::string> heads;                ///< H names
  std::vector<std::string> probes;               ///< P names
  std::vector<std::vector<std::string>> tokens;  ///< (P,T)
  Tensor<std::int64_t> steps;                    ///< (frames), increasing
  Tensor<double> patterns;                       ///< (frames,H,P,T,T) weights of the keys, for each query
};

/// What losses without any structure would give; lines in the charts. NaN: not drawn.
struct NullLevels {
  double shc_mean = undefined;        ///< mean SHC of i.i.d. losses
  double shc_threshold = undefined;   ///< the level an i.i.d. plateau hardly ever exceeds
  double pr = undefined;              ///< PR of i.i.d. losses
  double random_walk_pr = undefined;  ///< PR of a random walk in such windows, whose steps go as these do
};

/// Any NaN is drawn as a gap and written as null.
struct ReportData {
  std::string title;
  std::string subtitle;
  std::string provenance = "{}";  ///< text of a JSON object, nested objects allowed: run.json fits

  Tensor<std::int64_t> steps;             ///< (T), increasing
  NpyRows losses;                         ///< (T, n)
  std::vector<std::string> probe_names;   ///< n, or empty: "probe 0", ...
  std::vector<std::string> probe_blocks;  ///< n block names, or empty: a single block

  Table order;                                        ///< T rows, or empty; a column named `step` is ignored
  std::map<std::string, double> order_targets;        ///< final value the theory expects, by order parameter
  std::map<std::string, std::string> order_of_event;  ///< the order parameter from which an event is told

  Table signals;                ///< signals.csv: `step` and the signals of every full window
  NpyRows modes;                ///< (rows of signals, modes, n), or empty
  std::size_t modes_every = 1;  ///< of every so many rows the first has modes; the others may be NaN
  std::size_t window = 0;       ///< W, in recordings
  std::int64_t burn_in = 0;     ///< first step that counts; before it losses fall fast in any run
  std::vector<Event> marks;     ///< alarms and events in any order; an event once for each level, `mode1_50`
  NullLevels null;
  AttentionCourse attention;  ///< empty where nothing attends
};

}  // namespace premelt::report
