#pragma once
/// A one-layer transformer that looks a token up by position: a case for Prop. 2.1 with attention.

#include "models/experiment/setting.hpp"

namespace premelt {

/// The answer at the last position is the token at position (last token mod T−1). Order parameter: `accuracy`
/// on 512 held-out sequences.
Setting tiny_lookup_setting();

}  // namespace premelt
