#include "models/tasks/repeated_sequences.hpp"

#include <algorithm>

#include "engine/tensor/error.hpp"

namespace premelt {

namespace {

std::int64_t random_token(std::size_t vocabulary, Rng& rng) {
  return static_cast<std::int64_t>(rng.below(vocabulary));
}

/// Weight of a query on the successors of all copies of it, one or more periods ago; `row` (T) are its
/// weights.
template <class T>
double weight_on_successors(const T* row, std::size_t period, std::size_t query) {
  double weight = 0;
  for (std::size_t back = period; back <= query; back += period) {
    weight += static_cast<double>(row[query - back + 1]);
  }
  return weight;
}

}  // namespace

TokenBatch next_token(const Indices& sequences) {
  const std::size_t count = sequences.shape()[0], length = sequences.shape()[1] - 1;
  TokenBatch batch{Indices(Shape{count, length}), Indices(Shape{count, length})};
  for (std::size_t b = 0; b < count; ++b) {
    std::ranges::copy(sequences.row(b).first(length), batch.inputs.row(b).begin());
    std::ranges::copy(sequences.row(b).last(length), batch.targets.row(b).begin());
  }
  return batch;
}

Repeated repeated_sequences(std::size_t count, std::size_t length, std::size_t vocabulary, Rng& rng) {
  Repeated repeated{Indices(Shape{count, length + 1}), {}};
  const std::size_t shortest = length / 4 + 1, longest = length / 2;
  for (std::size_t b = 0; b < count; ++b) {
    const std::size_t period = shortest + rng.below(longest - shortest + 1);
    const auto row = repeated.sequences.row(b);
    for (std::size_t t = 0; t < row.size(); ++t) {
      row[t] = t < period ? random_token(vocabulary, rng) : row[t - period];
    }
    repeated.periods.push_back(period);
  }
  return repeated;
}

Indices random_sequences(std::size_t count, std::size_t length, std::size_t vocabulary, Rng& rng) {
  Indices sequences(Shape{count, length + 1});
  for (std::int64_t& token : sequences.flat()) token = random_token(vocabulary, rng);
  return sequences;
}

Indices shuffled(const Indices& sequences, Rng& rng) {
  Indices result = sequences.clone();
  for (std::size_t b = 0; b < result.shape()[0]; ++b) {
    auto row = result.row(b);
    shuffle(row, rng);
  }
  return result;
}

Indices stacked(const Indices& a, const Indices& b) {
  if (a.shape()[1] != b.shape()[1]) {
    throw ShapeError("[stacked] sequences of different lengths: " + to_string(a.shape()) + ", " +
                     to_string(b.shape()));
  }
  Indices result(Shape{a.shape()[0] + b.shape()[0], a.shape()[1]});
  std::ranges::copy(b.flat(), std::ranges::copy(a.flat(), result.data()).out);
  return result;
}

template <class T>
HeadScores head_scores(const Tensor<T>& weights, std::span<const std::size_t> periods) {
  const std::size_t samples = weights.shape()[0], heads = weights.shape()[1], length = weights.shape()[2];
  HeadScores best;
  for (std::size_t h = 0; h < heads; ++h) {
    HeadScores sum;
    std::size_t queries = 0;
    for (std::size_t b = 0; b < samples; ++b) {
      const T* head = weights.data() + (b * heads + h) * length * length;
      for (std::size_t t = 1; t < length; ++t) sum.previous += static_cast<double>(head[t * length + t - 1]);
      for (std::size_t t = periods[b]; t < length; ++t, ++queries) {
        sum.induction += weight_on_successors(head + t * length, periods[b], t);
      }
    }
    best.induction = std::max(best.induction, sum.induction / static_cast<double>(queries));
    best.previous = std::max(best.previous, sum.previous / static_cast<double>(samples * (length - 1)));
  }
  return best;
}

template HeadScores head_scores(const Tensor<float>&, std::span<const std::size_t>);
template HeadScores head_scores(const Tensor<double>&, std::span<const std::size_t>);

}  // namespace premelt
