#pragma once
/// The worst of many errors. std::max forgets a NaN, and a test that keeps its maximum passes on it.

#include <cmath>
#include <limits>

namespace premelt::test {

/// The larger one; NaN when either is.
inline double worse_of(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  return a < b ? b : a;
}

/// The largest of a range; NaN of nothing, and when one is.
template <class Range>
double worst_of(const Range& errors) {
  double worst = -std::numeric_limits<double>::infinity();
  for (const double error : errors) worst = worse_of(worst, error);
  return std::isinf(worst) && worst < 0 ? std::numeric_limits<double>::quiet_NaN() : worst;
}

}  // namespace premelt::test
