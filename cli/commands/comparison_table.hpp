#pragma once
/// The results of `premelt compare` as text.

#include <string>

#include "rdm/proposition/sampler.hpp"

namespace premelt::cli {

/// One step: errors and signals; where it is the only one, also eigenvectors, and the energy by block where
/// there are several blocks. Of many steps the report has the rest.
std::string to_text(const StepComparison& step, const Blocks& blocks, bool only);

}  // namespace premelt::cli
