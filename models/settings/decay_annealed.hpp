#pragma once
/// A true second-order transition in training: a linear network let go by its weight decay. (ours)

#include "models/experiment/setting.hpp"

namespace premelt {

/// Two layers learn y = U diag(S) Vᵀx while weight decay falls linearly: the weights stay at zero until it
/// reaches S_1, where mode 1 turns unstable. Order parameters: mode strengths `s1..`, `weight_decay`, and
/// `drive`, which is 1 at the critical point. Event `critical`.
Setting decay_annealed_setting();

}  // namespace premelt
