#pragma once
/// The paper's Fig. 1: losses of 60 probes in three groups, where one group falls together. Nothing is
/// trained.

#include "models/experiment/setting.hpp"

namespace premelt {

/// ℓ(t) = baseline + a(t)·v1 + noise with a(t) = 1/(1 + exp(−(t−t0)/τ)) and v1 supported on group B
/// (arXiv 2603.29805, Fig. 1). Event `completion`: a reaches 10, 50 and 90 %.
Setting schematic_setting();

}  // namespace premelt
