#include "engine/train/schedule.hpp"

#include <cmath>
#include <numbers>

namespace premelt {

namespace {

/// How far `step` is from `begin` to `end`, within [0,1].
double progress(std::uint64_t step, std::uint64_t begin, std::uint64_t end) {
  if (step <= begin) return 0;
  if (step >= end) return 1;
  return static_cast<double>(step - begin) / static_cast<double>(end - begin);
}

}  // namespace

Schedule operator*(const Schedule& a, const Schedule& b) {
  return Schedule([a, b](std::uint64_t step) { return a(step) * b(step); });
}

Schedule warm_up(std::uint64_t steps) {
  return Schedule([steps](std::uint64_t step) { return progress(step + 1, 0, steps); });
}

Schedule cosine_decay(std::uint64_t steps, double floor) {
  return Schedule([=](std::uint64_t step) {
    return floor + (1 - floor) * 0.5 * (1 + std::cos(std::numbers::pi * progress(step, 0, steps)));
  });
}

Schedule linear_decay(std::uint64_t begin, std::uint64_t end, double floor) {
  return Schedule([=](std::uint64_t step) { return 1 + (floor - 1) * progress(step, begin, end); });
}

Schedule step_decay(std::uint64_t every, double factor) {
  return Schedule([=](std::uint64_t step) {
    const std::uint64_t drops = step / every;
    return std::pow(factor, static_cast<double>(drops));
  });
}

}  // namespace premelt
