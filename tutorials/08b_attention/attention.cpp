/// Lesson 8b: from products of matrices to attention, by hand and learnt.

#include <algorithm>
#include <cmath>
#include <iostream>
#include <optional>
#include <vector>

#include "engine/nn/layers.hpp"
#include "engine/ops/ops.hpp"
#include "engine/train/trainer.hpp"
#include "rdm/window/monitor.hpp"
#include "tutorials/lesson.hpp"

using namespace premelt;

namespace {

void print(const char* name, const Tensor<double>& row) {
  std::printf("%-22s", name);
  for (const double x : row.flat()) std::printf(" %6.3f", x);
  std::printf("\n");
}

void softmax_table() {
  const auto scores = Tensor<double>::of({2, 1, 0, -1});
  for (const double sharpness : {0.0, 0.5, 1.0, 2.0, 10.0}) {
    char name[40];
    std::snprintf(name, sizeof name, "softmax(%g * scores)", sharpness);
    print(name, softmax(Var<double>(scores) * sharpness).value());
  }
}

/// The derivative of the weight on the first entry by its own score, p(1 - p).
void saturation() {
  std::printf("score ahead by  weight p  dp/dscore\n");
  for (const double ahead : {0.0, 1.0, 2.0, 5.0, 10.0}) {
    const double p = 1 / (1 + std::exp(-ahead));
    std::printf("%14g  %8.5f  %9.5f\n", ahead, p, p * (1 - p));
  }
}

/// Three positions, two channels; the numbers are small enough for paper.
void by_hand() {
  const auto queries = Tensor<double>::of({{1, 0}, {0, 1}, {2, 0}});
  const auto keys = Tensor<double>::of({{1, 0}, {0, 1}, {1, 1}});
  const auto values = Tensor<double>::of({{10, 0}, {0, 10}, {5, 5}});
  const Var<double> scores = matmul_nt(Var<double>(queries), keys) / std::sqrt(2.0);
  const Var<double> weights = softmax(causal_mask(scores));
  const Var<double> mixed = matmul(weights, values);
  std::cout << "scores QK'/sqrt(2)\n"
            << scores.value() << "\nweights, none on later positions\n"
            << weights.value() << "\nweights times values\n"
            << mixed.value() << "\n";
}

constexpr std::size_t vocabulary = 8, length = 12, width = 16, back = 3, batch = 32, probes = 32;

/// Random tokens (count, length).
Indices random_tokens(std::size_t count, Rng& rng) {
  Indices tokens(Shape{count, length});
  for (std::int64_t& token : tokens.flat()) token = static_cast<std::int64_t>(rng.below(vocabulary));
  return tokens;
}

/// One head, of plain ops. What it is to say at a position is the token three positions back.
class Copier {
 public:
  Copier(Parameters<double>& parameters, Rng& rng)
      : tokens_(parameters, "tokens", vocabulary, width, rng, 0.1),
        positions_(parameters, "positions", length, width, rng, 0.1),
        query_(parameters, "query", width, width, rng, {.bias = false, .sd = 0.1}),
        key_(parameters, "key", width, width, rng, {.bias = false, .sd = 0.1}),
        value_(parameters, "value", width, width, rng, {.bias = false, .sd = 0.1}),
        out_(parameters, "out", width, vocabulary, rng, {.bias = false, .sd = 0.1}) {}

  /// The attention weights (B,T,T) and the logits (B,T,V).
  std::pair<Var<double>, Var<double>> operator()(const Leaves<double>& theta,
                                                 const Indices& sequences) const {
    const Var<double> x = positions_(theta, tokens_(theta, batched(sequences)));
    const Var<double> scores = matmul_nt(query_(theta, x), key_(theta, x)) / std::sqrt(double{width});
    const Var<double> weights = softmax(causal_mask(scores));
    return {weights, out_(theta, matmul(weights, value_(theta, x)))};
  }

  /// The loss of each sequence (B), over the positions that have a token three back.
  Var<double> losses(const Leaves<double>& theta, const Indices& sequences) const {
    const Var<double> logits = (*this)(theta, sequences).second;
    Indices answers = sequences.clone();
    for (std::size_t i = answers.size(); i-- > 0;) {
      if (i % length >= back) answers.data()[i] = answers.data()[i - back];
    }
    return mean(slice(cross_entropy(logits, answers), 1, back, length), {1});
  }

 private:
  nn::Embedding tokens_;
  nn::Positions positions_;
  nn::Linear query_, key_, value_, out_;
};

/// The mean weight on the position three back; looked at evenly, it would be 0.14.
double copy_score(const Tensor<double>& weights) {
  double sum = 0;
  for (std::size_t b = 0; b < probes; ++b)
    for (std::size_t t = back; t < length; ++t) sum += weights(b, t, t - back);
  return sum / static_cast<double>(probes * (length - back));
}

struct Row {
  int step;
  double loss, score, shc, pr;
};

struct Course {
  std::vector<Row> rows;
  std::optional<Event> alarm;
};

Course train() {
  Rng init(8, "init"), data(8, "data"), choice(8, "probes");
  Parameters<double> parameters;
  const Copier model(parameters, init);
  const Indices probe_sequences = random_tokens(probes, choice);
  Trainer<double> trainer(std::make_unique<Adam<double>>(AdamOptions{.lr = 0.0005}));
  Monitor monitor({.probes = probes, .window = 20});
  Course course;
  for (int step = 0; step <= 800; ++step) {
    if (step > 0) {
      const Indices sequences = random_tokens(batch, data);
      trainer.step(parameters, [&](const auto& theta) { return mean(model.losses(theta, sequences)); });
    }
    if (step % 5 != 0) continue;
    const NoGrad nothing_is_recorded;
    const Tensor<double> losses = model.losses(parameters.constants(), probe_sequences).value();
    const auto seen = monitor.push(step, losses.flat());
    if (!seen) continue;
    const Tensor<double> weights = model(parameters.constants(), probe_sequences).first.value();
    course.rows.push_back(
        {step, mean(Var<double>(losses)).item(), copy_score(weights), seen->values[0], seen->values[1]});
    if (seen->alarm && !course.alarm) course.alarm = seen->alarm;
  }
  return course;
}

void copy() {
  const Course course = train();
  std::printf("step   loss  copy score      SHC    PR\n");
  for (const Row& row : course.rows) {
    if (row.step % 80 != 0) continue;
    std::printf("%4d  %5.3f  %10.2f  %7.1e  %4.1f\n", row.step, row.loss, row.score, row.shc, row.pr);
  }
  const auto half = std::ranges::find_if(
      course.rows, [&](const Row& row) { return row.score >= course.rows.back().score / 2; });
  std::printf("half of the final score at step %d\n", half->step);
  if (course.alarm) std::printf("first alarm at step %lld\n", static_cast<long long>(course.alarm->step));
}

void picture() {
  for (const Row& row : train().rows)
    std::printf("%d %.4f %.4f %.4e\n", row.step, row.loss, row.score, row.shc);
}

}  // namespace

int main(int argc, char** argv) {
  return lesson::run(argc, argv,
                     {{"softmax", "scores become weights, more or less sharp", softmax_table},
                      {"saturation", "where softmax no longer learns", saturation},
                      {"by_hand", "attention of three positions, on paper", by_hand},
                      {"copy", "one head learns to copy from three positions back", copy},
                      {"picture", "the table behind picture.svg", picture}});
}
