#pragma once
/// Exercise 8b: what one query reads.

#include <cmath>
#include <vector>

namespace lesson {

using Vector = std::vector<double>;

/// Attention of one query (D) over T keys (T rows of D) and values (T rows of any one length):
/// Σ_t w_t·value_t with w = softmax(query·key_t/√D).
inline Vector attend(const Vector& query, const std::vector<Vector>& keys,
                     const std::vector<Vector>& values) {
  // This takes the exponentials of the scores as they are. Two things are missing: large scores show the one,
  // queries of many channels the other.
  Vector result(values[0].size(), 0.0);
  double total = 0;
  for (std::size_t t = 0; t < keys.size(); ++t) {
    double score = 0;
    for (std::size_t i = 0; i < query.size(); ++i) score += query[i] * keys[t][i];
    const double weight = std::exp(score);
    total += weight;
    for (std::size_t i = 0; i < result.size(); ++i) result[i] += weight * values[t][i];
  }
  for (double& x : result) x /= total;
  return result;
}

}  // namespace lesson
