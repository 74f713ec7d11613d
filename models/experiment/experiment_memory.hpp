#pragma once
/// What an experiment will hold, so that too much can be refused before anything is allocated.

#include "models/experiment/hyperparameters.hpp"

namespace premelt {

/// Bytes that an experiment with these parameters holds at once, within a factor of a few: weights with their
/// optimiser, activations of the largest batch, and the window. Parameters of the same name mean the same in
/// all settings.
double experiment_bytes(const Hyperparameters& parameters);

}  // namespace premelt
