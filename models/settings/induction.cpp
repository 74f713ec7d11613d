#include "models/settings/induction.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "engine/ops/ops.hpp"
#include "models/experiment/trained.hpp"
#include "models/experiment/traps.hpp"
#include "models/tasks/repeated_sequences.hpp"

namespace premelt {

namespace {

constexpr std::size_t structured_probes = 32;
/// The probes whose attention is shown: a sequence that repeats itself, and the same tokens in random order.
constexpr std::array<std::size_t, 2> shown_probes{0, structured_probes};

/// Attention only: x = E[tok]; in each layer h = RMSNorm(x), queries and keys from h + P, values from h,
/// x += attention·Wo; logits = RMSNorm(x)·U. Positions reach queries and keys only, so what heads copy is
/// free of them.
class AttentionOnly {
 public:
  template <class T>
  AttentionOnly(Parameters<T>& parameters, const Hyperparameters& p, Rng& rng)
      : heads_(p.count("heads")), layers_(p.text("control") == "one_layer" ? 1 : p.count("layers")) {
    const std::size_t width = p.count("width"), vocabulary = p.count("vocabulary");
    require_heads_fit(p);
    const double sd = 1 / std::sqrt(static_cast<double>(width));
    parameters.add("tokens", normal_tensor<T>(Shape{vocabulary, width}, rng, 0.5));
    parameters.add("positions", normal_tensor<T>(Shape{p.count("length"), width}, rng, 0.5));
    for (std::size_t layer = 0; layer < layers_; ++layer) {
      for (const char* name : {".query", ".key", ".value", ".out"}) {
        parameters.add("layers." + std::to_string(layer) + name,
                       normal_tensor<T>(Shape{width, width}, rng, sd));
      }
    }
    parameters.add("unembed", normal_tensor<T>(Shape{vocabulary, width}, rng, sd));
  }

  /// Tokens (B,T) -> logits (B,T,V). `weights`, when given, takes each layer's attention (B,H,T,T).
  template <class T>
  Var<T> operator()(const Leaves<T>& theta, const Indices& tokens,
                    std::vector<Tensor<T>>* weights = nullptr) const {
    Var<T> x = gather(theta[0], batched(tokens));
    for (std::size_t layer = 0; layer < layers_; ++layer) {
      const Var<T>* w = theta.data() + first_of_layers + 4 * layer;
      const Var<T> h = rms_norm(x), located = h + theta[1];
      const Var<T> q = matmul_nt(located, w[0]), k = matmul_nt(located, w[1]), v = matmul_nt(h, w[2]);
      if (weights != nullptr) weights->push_back(attention_weights(q, k, heads_).value());
      x = x + matmul_nt(attention(q, k, v, heads_), w[3]);
    }
    return matmul_nt(rms_norm(x), theta.back());
  }

  std::size_t layers() const { return layers_; }
  std::size_t heads() const { return heads_; }

 private:
  static constexpr std::size_t first_of_layers = 2;
  std::size_t heads_, layers_;
};

template <class T>
class Induction : public TrainedExperiment<T> {
  using TrainedExperiment<T>::parameters_, TrainedExperiment<T>::weights_;

 public:
  explicit Induction(const Hyperparameters& parameters)
      : TrainedExperiment<T>(parameters,
                             adam_w<T>(parameters.number("learning_rate"), parameters.number("weight_decay")),
                             {.schedule = trap_schedule(parameters)}),
        model_(weights_, parameters, this->init_) {
    Rng rng(parameters.count("seed"), "probes");
    structured_ = repeated_sequences(structured_probes, length(), vocabulary(), rng);
    probes_ = next_token(stacked(structured_.sequences, shuffled(structured_.sequences, rng)));
    structured_batch_ = next_token(structured_.sequences);
  }

  void step() override {
    const TokenBatch batch = next_token(draw());
    this->descend([&](const Leaves<T>& leaves) {
      return mean(cross_entropy(model_(leaves, batch.inputs), batch.targets));
    });
  }

  std::optional<AttentionSpec> attention_spec() const override {
    AttentionSpec spec{head_names(model_.layers(), model_.heads()), {}, {}};
    for (const std::size_t probe : shown_probes) {
      spec.probes.push_back("probe " + std::to_string(probe) + ", " + probe_blocks()[probe]);
      spec.tokens.emplace_back();
      for (const std::int64_t token : probes_.inputs.row(probe))
        spec.tokens.back().push_back(std::to_string(token));
    }
    return spec;
  }
  Tensor<double> attention() const override {
    std::vector<Tensor<T>> weights;
    Indices inputs(Shape{shown_probes.size(), length()});
    for (std::size_t i = 0; i < shown_probes.size(); ++i)
      std::ranges::copy(probes_.inputs.row(shown_probes[i]), inputs.row(i).begin());
    model_(weights_.constants(), inputs, &weights);
    return patterns_by_head(weights);
  }

  void probe_losses(std::span<double> losses) override {
    const Var<T> logits = model_(weights_.constants(), probes_.inputs);
    const Tensor<T> per_token = cross_entropy(logits, probes_.targets).value();
    for (std::size_t i = 0; i < losses.size(); ++i) losses[i] = mean_loss(per_token, i, 0, length());
  }

  std::unique_ptr<LossLandscape> landscape() const override {
    return this->landscape_of(probe_blocks().size(),
                              [model = model_, probes = probes_](const Leaves<double>& theta) {
                                return mean(cross_entropy(model(theta, probes.inputs), probes.targets), 1);
                              });
  }

  void order_parameters(std::span<double> values) override {
    std::vector<Tensor<T>> weights;
    const Var<T> logits = model_(weights_.constants(), structured_batch_.inputs, &weights);
    HeadScores best;
    for (const Tensor<T>& layer : weights) {
      const HeadScores scores = head_scores<T>(layer, structured_.periods);
      best.induction = std::max(best.induction, scores.induction);
      best.previous = std::max(best.previous, scores.previous);
    }
    values[0] = best.induction;
    values[1] = best.previous;
    divide_losses(cross_entropy(logits, structured_batch_.targets).value(), values.subspan(2));
  }

  std::vector<std::string> probe_blocks() const override {
    std::vector<std::string> blocks(structured_probes, "structured");
    blocks.insert(blocks.end(), structured_probes, "shuffled");
    return blocks;
  }
  std::string token_reduction() const override { return "mean over the tokens of each probe"; }
  std::vector<std::string> order_names() const override {
    return {"induction_score", "previous_token_score", "loss_determined", "loss_free"};
  }
  std::vector<EventSpec> events() const override {
    return {{.name = "induction",
             .order = "induction_score",
             .target = 0.5,
             .control = "shuffled",
             .of_final_value = true}};
  }

 private:
  std::size_t length() const { return parameters_.count("length"); }
  std::size_t vocabulary() const { return parameters_.count("vocabulary"); }

  /// Sequences (B,T+1), the repeated ones last. Shuffled, those repeat their tokens without order.
  Indices draw() {
    const std::size_t batch = parameters_.count("batch");
    const std::size_t repeated = parameters_.text("control") == "random_only" ? 0 : batch / 2;
    Rng& data = this->streams_["data"];
    const Indices random = random_sequences(batch - repeated, length(), vocabulary(), data);
    const Indices sequences = repeated_sequences(repeated, length(), vocabulary(), data).sequences;
    return stacked(random, parameters_.text("control") == "shuffled" ? shuffled(sequences, data) : sequences);
  }

  /// Mean losses of the determined and of the free targets, from all of them (B,T). The target of position t
  /// is token t+1, which repeats an earlier one from t+1 = period on.
  void divide_losses(const Tensor<T>& per_token, std::span<double> determined_and_free) const {
    double sums[2] = {0, 0}, counts[2] = {0, 0};
    for (std::size_t b = 0; b < per_token.shape()[0]; ++b) {
      for (std::size_t t = 0; t < length(); ++t) {
        const std::size_t free = t + 1 < structured_.periods[b];
        sums[free] += static_cast<double>(per_token(b, t));
        ++counts[free];
      }
    }
    for (std::size_t i = 0; i < 2; ++i) determined_and_free[i] = sums[i] / counts[i];
  }

  AttentionOnly model_;
  Repeated structured_;
  TokenBatch structured_batch_, probes_;
};

Hyperparameters parameters() {
  return parameter_table(
      {.steps = 1600, .window = 20, .burn_in = 200, .every = 5},
      {
          {"quick", false, "sequences and vocabulary of 16, for a first look: too short to score alarms"},
          {"control",
           std::string("none"),
           "a twin in which no induction head forms",
           {},
           {"none", "shuffled", "random_only", "one_layer"}},
          {"length", std::int64_t{32}, "positions T; periods are T/4+1 to T/2", 4},
          {"vocabulary", std::int64_t{32}, "tokens", 2},
          {"width", std::int64_t{48}, "channels of the residual stream", 1},
          {"heads", std::int64_t{2}, "attention heads in each layer, a divisor of the width", 1},
          {"layers", std::int64_t{2}, "attention layers", 1},
          {"batch", std::int64_t{32}, "sequences a step, half of them repeated", 2},
          {"learning_rate", 0.002, "step size of AdamW", 0},
          {"weight_decay", 0.01, "decoupled weight decay", 0},
      });
}

}  // namespace

Setting induction_setting() {
  Setting setting{
      "induction",
      "a two-layer transformer forms induction heads (the paper's Figs. 4 and 5)",
      parameters(),
      make_in_dtype<Induction<float>, Induction<double>>,
      {{"length", std::int64_t{16}}, {"vocabulary", std::int64_t{16}}, {"steps", std::int64_t{1200}}},
      {{"one_layer", {{"control", std::string("one_layer")}}}}};
  add_traps(setting, {"rate_drop", "spike"}, 450);
  return setting;
}

}  // namespace premelt
