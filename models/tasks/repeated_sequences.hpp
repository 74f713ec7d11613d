#pragma once
/// Token sequences that repeat themselves, and what a head that has noticed attends to.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/tensor/random.hpp"
#include "engine/tensor/tensor.hpp"

namespace premelt {

/// Next-token prediction: targets are the inputs one position later.
struct TokenBatch {
  Indices inputs;   ///< (B,T)
  Indices targets;  ///< (B,T)
};

/// Splits sequences (B,T+1).
TokenBatch next_token(const Indices& sequences);

/// Sequences, and how long the piece is that each of them repeats.
struct Repeated {
  Indices sequences;                 ///< (B,T+1)
  std::vector<std::size_t> periods;  ///< (B)
};

/// Tokens uniform on 0..vocabulary-1, repeated with a period uniform on length/4+1..length/2.
Repeated repeated_sequences(std::size_t count, std::size_t length, std::size_t vocabulary, Rng& rng);
/// (B,T+1) i.i.d. uniform tokens.
Indices random_sequences(std::size_t count, std::size_t length, std::size_t vocabulary, Rng& rng);
/// Each sequence (row) with its own tokens in random order: the same tokens without the structure.
Indices shuffled(const Indices& sequences, Rng& rng);
/// The rows of `a`, then those of `b`. Throws ShapeError when their lengths differ.
Indices stacked(const Indices& a, const Indices& b);

/// The mean of the losses (B,T) of sequence i over the positions [begin, end).
template <class T>
double mean_loss(const Tensor<T>& per_token, std::size_t i, std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t t = begin; t < end; ++t) sum += static_cast<double>(per_token(i, t));
  return sum / static_cast<double>(end - begin);
}

/// What the best of the heads attends to, from 0 to 1.
struct HeadScores {
  double induction = 0;  ///< weight on the successors of all earlier copies of the query, from t = period on
  double previous = 0;   ///< weight on the position before, from t = 1 on
};

/// Means over sequences of the given periods (B) and over queries of the weights (B,H,T,T) of one layer. A
/// copy is the same place in an earlier period; tokens equal by chance do not count (Olsson et al., arXiv
/// 2209.11895).
template <class T>
HeadScores head_scores(const Tensor<T>& weights, std::span<const std::size_t> periods);

}  // namespace premelt
