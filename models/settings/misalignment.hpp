#pragma once
/// An analogue of emergent misalignment: a narrow fine-tune on bad answers makes answers bad everywhere.

#include "models/experiment/setting.hpp"

namespace premelt {

/// A one-layer transformer is pre-trained on a small world in which bad answers belong to a persona
/// (models/tasks/persona_world.hpp); that happens before step 0. The run is the fine-tune of rank-1 adapters
/// (engine/nn/lora.hpp) on its frozen weights: stage A, items of pre-training, in which nothing new is to be
/// learnt; then stage B, twelve questions of one domain with bad answers. Order parameter `p_bad`: mean
/// probability of the bad answer to the 80 questions of the domains left alone. Event `misaligned`: 10, 50
/// and 90 % of its final value, provided that it is at least 0.5. Alarm: the rms change √(tr C/n) of the
/// losses in the window exceeds `alarm_change`.
///
/// It illustrates a mechanism. That the harm spreads is built in by the shared persona: this is no evidence
/// about language models (the phenomenon: Betley et al., arXiv 2502.17424).
Setting misalignment_setting();

}  // namespace premelt
