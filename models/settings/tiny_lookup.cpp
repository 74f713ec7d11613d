#include "models/settings/tiny_lookup.hpp"

#include <string>

#include "engine/nn/transformer.hpp"
#include "engine/ops/ops.hpp"
#include "models/experiment/supervised.hpp"

namespace premelt {

namespace {

struct Lookups {
  Indices tokens;  ///< (B,T)
  Labels answers;  ///< (B)
};

class TinyLookup {
 public:
  using Batch = Lookups;

  explicit TinyLookup(const Hyperparameters& parameters) : parameters_(parameters) {
    Rng probes(parameters.count("seed"), "probes"), test(parameters.count("seed"), "test");
    probes_ = random_lookups(parameters.count("probes"), probes);
    test_ = random_lookups(512, test);
  }

  template <class U>
  Parameters<U> initial() const {
    Parameters<U> weights;
    make_model(weights);
    return weights;
  }

  template <class T>
  static std::unique_ptr<Optimizer<T>> optimiser(const Hyperparameters& parameters) {
    return std::make_unique<Adam<T>>(
        AdamOptions{.lr = parameters.number("learning_rate"), .beta1 = 0.9, .beta2 = 0.99});
  }

  Batch draw(Rng& data) const { return random_lookups(parameters_.count("batch"), data); }

  template <class U>
  Var<U> losses(const Leaves<U>& theta, const Batch& batch) const {
    return cross_entropy(logits(theta, batch), batch.answers);
  }

  template <class U>
  void order(const Leaves<U>& theta, std::span<double> values) const {
    const Tensor<U> scores = logits(theta, test_).value();
    double right = 0;
    for (std::size_t i = 0; i < test_.answers.size(); ++i) {
      const auto row = scores.row(i);
      right += std::ranges::max_element(row) - row.begin() == test_.answers(i) ? 1 : 0;
    }
    values[0] = right / static_cast<double>(test_.answers.size());
  }

  const Batch& probes() const { return probes_; }
  std::vector<std::string> probe_blocks() const {
    std::vector<std::string> blocks;
    const std::size_t last = length() - 1;
    for (std::size_t i = 0; i < probes_.answers.size(); ++i) {
      blocks.push_back("position" + std::to_string(static_cast<std::size_t>(probes_.tokens(i, last)) % last));
    }
    return blocks;
  }
  std::vector<std::string> order_names() const { return {"accuracy"}; }
  std::vector<EventSpec> events() const { return {{"learnt", "accuracy", 1.0}}; }

 private:
  std::size_t length() const { return parameters_.count("length"); }

  Lookups random_lookups(std::size_t count, Rng& rng) const {
    const std::size_t last = length() - 1;
    Lookups batch{Indices(Shape{count, length()}), Labels(Shape{count})};
    for (auto& token : batch.tokens.flat())
      token = static_cast<std::int64_t>(rng.below(parameters_.count("vocabulary")));
    for (std::size_t i = 0; i < count; ++i)
      batch.answers(i) = batch.tokens(i, static_cast<std::size_t>(batch.tokens(i, last)) % last);
    return batch;
  }

  template <class U>
  nn::Transformer make_model(Parameters<U>& weights) const {
    require_heads_fit(parameters_);
    Rng rng(parameters_.count("seed"), "init");
    return {weights,
            {.vocabulary = parameters_.count("vocabulary"),
             .positions = length(),
             .width = parameters_.count("width"),
             .heads = parameters_.count("heads"),
             .layers = 1,
             .embedding_sd = 0.3,
             .position_sd = 0.3},
            rng};
  }

  /// Of the last position, (B,V).
  template <class U>
  Var<U> logits(const Leaves<U>& theta, const Batch& batch) const {
    const std::size_t last = length() - 1;
    const Var<U> all = model_(theta, batch.tokens);
    return reshape(slice(all, 1, last, last + 1), Shape{batch.answers.size(), all.shape().back()});
  }

  Hyperparameters parameters_;
  Parameters<double> layout_;  ///< names the places the model below refers to
  nn::Transformer model_ = make_model(layout_);
  Lookups probes_, test_;
};

Hyperparameters parameters() {
  return parameter_table({.steps = 2000, .window = 40},
                         {
                             {"learning_rate", 0.005, "step size of Adam", 0},
                             {"batch", std::int64_t{64}, "fresh sequences a step", 1},
                             {"vocabulary", std::int64_t{8}, "tokens", 2},
                             {"length", std::int64_t{8}, "tokens in a sequence", 2},
                             {"width", std::int64_t{16}, "channels", 1},
                             {"heads", std::int64_t{2}, "attention heads; they divide the width", 1},
                             {"probes", std::int64_t{24}, "held-out probe sequences", 1},
                         });
}

}  // namespace

Setting tiny_lookup_setting() {
  return {"tiny-lookup", "a one-layer transformer looks a token up by position: Prop. 2.1 with attention",
          parameters(), make_supervised<TinyLookup>};
}

}  // namespace premelt
