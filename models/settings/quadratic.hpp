#pragma once
/// Losses exactly quadratic in the parameters, where the second order of Prop. 2.1 is the whole truth.

#include "models/experiment/setting.hpp"

namespace premelt {

/// ℓ_i = g_i·θ + ½θᵀH_iθ from θ = 0, with N(0,1) entries of g and of A, H_i = (A + Aᵀ)/2. The mean loss has
/// no minimum, so training only drifts. Order parameter: `distance` ‖θ‖.
Setting quadratic_setting();

}  // namespace premelt
