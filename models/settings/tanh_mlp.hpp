#pragma once
/// A small tanh network with cross-entropy, smooth in every direction: a case for Prop. 2.1.

#include "models/experiment/setting.hpp"

namespace premelt {

/// 8-12-3 by default, learning argmax tanh(xA)B for random A and B. Order parameter: `accuracy` on the
/// probes.
Setting tanh_mlp_setting();

}  // namespace premelt
