#pragma once
/// A two-layer attention-only transformer learns to continue sequences that repeat themselves.

#include "models/experiment/setting.hpp"

namespace premelt {

/// Half of each batch repeats itself with a random period, half is i.i.d. noise. Induction heads form (Olsson
/// et al., arXiv 2209.11895; arXiv 2603.29805, Figs. 4 and 5). Probes: mean losses of 32 `structured`
/// sequences and of 32 `shuffled` copies of them. Order parameters, on the structured probes:
/// induction_score and previous_token_score of the best head, and the mean losses of tokens that are
/// determined by an earlier copy (loss_determined) and of those that are free (loss_free). Event `induction`:
/// 10, 50 and 90 % of the final induction score, provided that it is at least 0.5.
Setting induction_setting();

}  // namespace premelt
