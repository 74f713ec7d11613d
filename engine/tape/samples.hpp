#pragma once
/// Whose numbers these are: how a tensor relates to the samples of a batch.

namespace premelt {

/// A tensor's relation to the samples. Data are declared (`batched`, var.hpp); what is not declared is
/// shared; ops pass the relation on (`wrt`, record.hpp). Ordered: the result of several inputs has the
/// largest.
enum class Samples : char {
  shared,   ///< the same for all samples: parameters, constants, what is computed from those alone
  batched,  ///< entry i along the first axis belongs to sample i
  mixed     ///< depends on the samples, but not one by one: a sum over the batch, a transposed batch
};

}  // namespace premelt
