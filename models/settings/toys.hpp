#pragma once
/// Physics toys: one noisy coordinate in a potential, seen through many probe losses. Nothing is trained, the
/// truth about every transition is known, and true critical slowing down can be told from mere drift. (ours)

#include "models/experiment/setting.hpp"

namespace premelt {

/// Second order: f = a·x²/2 + x⁴/4 with a from 1 to -0.5. Event `critical`: a reaches 0.
Setting pitchfork_setting();

/// A well swept to its spinodal: f = x⁴/4 - x²/2 - h·x with h from 0 to 0.6. Event `jump`: x reaches the
/// right well.
Setting fold_setting();

/// First order at constant parameters: f = x⁴/4 - x²/2 - 0.1x, left by noise alone. Event `escape`.
Setting metastable_setting();

/// No event at all: a well of curvature 1 that moves at constant speed.
Setting drift_setting();

}  // namespace premelt
