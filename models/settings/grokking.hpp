#pragma once
/// A small network learns addition modulo p by heart, and long afterwards understands it.

#include "models/experiment/setting.hpp"

namespace premelt {

/// logits = W2ᵀ(A[a] + B[b])² trained on part of the table of a + b mod p by full-batch AdamW (grokking:
/// Power et al., arXiv 2201.02177; the quadratic network: Gromov, arXiv 2301.02679), or by a one-layer
/// transformer, which is unreliable at this size (models/networks/modular_model.hpp). Probes: test and
/// training pairs. Order parameters: train_accuracy, test_accuracy and fourier_power
/// (models/tasks/modular_task.hpp), the mean over both embeddings. Event `grokked`: the test accuracy reaches
/// 10, 50 and 90 %. The alarm reads the SHC of the log losses of the test probes: on a plateau of memorising
/// the losses themselves drift.
Setting grokking_setting();

}  // namespace premelt
