#pragma once
/// Traps that any training has: something disturbs it, and nothing is learnt by it.

#include <cstdint>
#include <initializer_list>

#include "engine/train/schedule.hpp"
#include "models/experiment/setting.hpp"

namespace premelt {

/// Gives a setting the parameters `trap` ("none" or one of `names`) and `trap_step` (`step` by default), and
/// a Trap for each name. `rate_drop`: the learning rate to a fifth; `warm_up`: its end; `spike`: one step of
/// 20 times the rate; `batch_drop`: a quarter of the batch.
void add_traps(Setting& setting, std::initializer_list<const char*> names, std::int64_t step);

/// The learning rate's factor under those parameters: `rate_drop` a fifth from `trap_step` on, `warm_up` a
/// straight line up to it, `spike` 20 in that one step; 1 under any other.
Schedule trap_schedule(const Hyperparameters& parameters);

}  // namespace premelt
