#pragma once
/// Learning-rate schedules: factors of the base rate as a function of the step, 0 first. Multiply them to
/// combine.

#include <cstdint>
#include <functional>

namespace premelt {

/// A factor for each step.
class Schedule {
 public:
  /// Constant 1.
  Schedule() = default;
  /// Any function of the step.
  explicit Schedule(std::function<double(std::uint64_t)> factor) : factor_(std::move(factor)) {}

  /// The factor at a step.
  double operator()(std::uint64_t step) const { return factor_ ? factor_(step) : 1.0; }

 private:
  std::function<double(std::uint64_t)> factor_;
};

/// a(step)·b(step)
Schedule operator*(const Schedule& a, const Schedule& b);

/// (step + 1)/steps, up to 1.
Schedule warm_up(std::uint64_t steps);
/// From 1 to `floor` along half a cosine over `steps`, then `floor` (Loshchilov and Hutter, arXiv
/// 1608.03983).
Schedule cosine_decay(std::uint64_t steps, double floor = 0);
/// 1 up to step `begin`, then a straight line to `floor` at step `end`.
Schedule linear_decay(std::uint64_t begin, std::uint64_t end, double floor = 0);
/// factor^(step / every), whole division.
Schedule step_decay(std::uint64_t every, double factor);

}  // namespace premelt
