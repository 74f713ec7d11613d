#pragma once
/// The results of `premelt compare` as text.

#include <string>

#include "rdm/proposition/comparison.hpp"

namespace premelt::cli {

/// "1.2e-03 ± 4e-05"; "-" when undefined, and no error bar where there is none.
std::string with_error(const Measured& measured);

/// One step: errors, signals, eigenvectors, and the energy by block where there are several blocks.
std::string to_text(const StepComparison& step, const Blocks& blocks);

}  // namespace premelt::cli
