#pragma once
/// The results of `premelt compare` as text.

#include <string>

#include "rdm/proposition/sampler.hpp"

namespace premelt::cli {

/// One step: errors, signals, eigenvectors, and the energy by block where there are several blocks.
std::string to_text(const StepComparison& step, const Blocks& blocks);

}  // namespace premelt::cli
