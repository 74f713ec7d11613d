#pragma once
/// Exercise 8b, solved: scores by √D, and exponentials of what lies below the largest score.

#include <algorithm>
#include <cmath>
#include <vector>

namespace lesson {

using Vector = std::vector<double>;

/// Attention of one query (D) over T keys (T rows of D) and values (T rows of any one length):
/// Σ_t w_t·value_t with w = softmax(query·key_t/√D).
inline Vector attend(const Vector& query, const std::vector<Vector>& keys,
                     const std::vector<Vector>& values) {
  Vector scores;
  for (const Vector& key : keys) {
    double score = 0;
    for (std::size_t i = 0; i < query.size(); ++i) score += query[i] * key[i];
    scores.push_back(score / std::sqrt(static_cast<double>(query.size())));
  }
  const double largest = *std::max_element(scores.begin(), scores.end());
  Vector result(values[0].size(), 0.0);
  double total = 0;
  for (std::size_t t = 0; t < scores.size(); ++t) {
    const double weight = std::exp(scores[t] - largest);
    total += weight;
    for (std::size_t i = 0; i < result.size(); ++i) result[i] += weight * values[t][i];
  }
  for (double& x : result) x /= total;
  return result;
}

}  // namespace lesson
