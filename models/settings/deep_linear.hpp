#pragma once
/// A deep linear network learning a linear teacher mode by mode (the paper's Figs. 2 and 3).

#include "models/experiment/setting.hpp"

namespace premelt {

/// y = U diag(S) Vᵀ x, learnt by W_D···W_1 from small weights. Order parameters: mode strengths
/// s_k = u_kᵀWv_k and alignments a_k = |u_k·û_k||v_k·v̂_k| with the k-th singular vectors of W. Events:
/// `mode1`, ...
Setting deep_linear_setting();

}  // namespace premelt
