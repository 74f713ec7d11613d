#pragma once
/// The samplers that `premelt compare` knows: the one place where they are listed.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rdm/proposition/comparison.hpp"

namespace premelt {

/// What a sampler may draw around, at one step of a run.
struct ComparisonPoint {
  const LossLandscape& landscape;                        ///< the probes'
  std::function<std::unique_ptr<LossLandscape>()> data;  ///< of the training set; null where there is none
  ParameterVector theta;                                 ///< (p)
  std::function<Tensor<double>()> history;               ///< the newest recorded θ, oldest first (rows,p)
  std::size_t window;                                    ///< W, in recordings
  std::function<Tensor<double>(std::size_t)> replicas;   ///< trains R copies a window further: (R,p)
  const Blocks& blocks;                                  ///< of the probes
};

/// A sampler: one row of the list that the command line, the tables, JSON and the page read.
struct Sampler {
  std::string name;     ///< of `--sampler`, and of its object in JSON
  std::string summary;  ///< what is drawn, in a few words
  bool by_default;  ///< compared when no sampler is named; in JSON always, empty or null when not asked for
  bool each_sigma;  ///< draws once for every σ; in JSON a list under "sigma"
  /// One comparison, or one for every σ.
  std::function<std::vector<Comparison>(const ComparisonPoint&, const ComparisonOptions&)> compare;
};

/// All of them, in the order in which they are shown.
const std::vector<Sampler>& samplers();
/// Their names.
std::vector<std::string> sampler_names();

/// What one sampler found.
struct SamplerComparison {
  const Sampler* sampler;       ///< its row
  std::vector<Comparison> all;  ///< one, or by σ
  /// The one at the middle σ: widths on either side divide alike.
  const Comparison& middle() const { return all[all.size() / 2]; }
  /// What it is called in tables: its name, with the sigma where there are several.
  std::string label(const Comparison& comparison) const;
};

/// One step seen through the samplers that were asked for, in the order of the list.
struct StepComparison {
  std::int64_t step = 0;                    ///< of training
  std::vector<SamplerComparison> samplers;  ///< what they found
};

}  // namespace premelt
