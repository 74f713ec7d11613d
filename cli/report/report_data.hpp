#pragma once
/// What a report shows. Whoever reads a run directory fills it; the page and the figures only draw it.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/tensor/numbers.hpp"
#include "engine/tensor/tensor.hpp"
#include "rdm/window/recorded_run.hpp"

namespace premelt::report {

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

/// The run, and what its numbers are called. Any NaN is drawn as a gap and written as null.
struct ReportData : RecordedRun {
  std::string title;
  std::string subtitle;
  std::string provenance = "{}";  ///< text of a JSON object, nested objects allowed: run.json fits

  std::vector<std::string> probe_names;   ///< n, or empty: "probe 0", ...
  std::vector<std::string> probe_blocks;  ///< n block names, or empty: a single block

  std::map<std::string, double> order_targets;        ///< final value the theory expects, by order parameter
  std::map<std::string, std::string> order_of_event;  ///< the order parameter from which an event is told

  NullLevels null;
  AttentionCourse attention;  ///< empty where nothing attends
};

/// A run to be laid over another.
struct SecondRun {
  const ReportData& data;
  std::string name;  ///< that tells it from the first
};

}  // namespace premelt::report
