#include "engine/kernels/broadcast.hpp"

namespace premelt::kernels {

BroadcastPlan plan_broadcast(const Shape& out, const Shape& a, const Shape& b) {
  // Innermost axis first while merging; turned round at the end.
  BroadcastPlan reversed;
  std::size_t step_a = 1, step_b = 1;
  for (std::size_t from_right = 1; from_right <= out.rank(); ++from_right) {
    const std::size_t extent = out[out.rank() - from_right];
    const std::size_t extent_a = from_right <= a.rank() ? a[a.rank() - from_right] : 1;
    const std::size_t extent_b = from_right <= b.rank() ? b[b.rank() - from_right] : 1;
    if (extent == 1) continue;
    const std::size_t stride_a = extent_a == 1 ? 0 : step_a, stride_b = extent_b == 1 ? 0 : step_b;
    step_a *= extent_a;
    step_b *= extent_b;
    const std::size_t last = reversed.rank - 1;
    if (reversed.rank > 0 && stride_a == reversed.stride_a[last] * reversed.extent[last] &&
        stride_b == reversed.stride_b[last] * reversed.extent[last]) {
      reversed.extent[last] *= extent;
      continue;
    }
    reversed.extent[reversed.rank] = extent;
    reversed.stride_a[reversed.rank] = stride_a;
    reversed.stride_b[reversed.rank] = stride_b;
    ++reversed.rank;
  }
  if (reversed.rank == 0) {
    reversed.rank = 1;
    reversed.extent[0] = 1;
  }
  BroadcastPlan plan = reversed;
  for (std::size_t axis = 0; axis < plan.rank; ++axis) {
    const std::size_t from = plan.rank - 1 - axis;
    plan.extent[axis] = reversed.extent[from];
    plan.stride_a[axis] = reversed.stride_a[from];
    plan.stride_b[axis] = reversed.stride_b[from];
  }
  return plan;
}

}  // namespace premelt::kernels
